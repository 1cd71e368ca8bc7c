//! Pages need `front/dist`, which `script/front` builds from npm packages. Without it the binary would have no styles,
//! fonts or pictures, so the build stops here and says what to run.

fn main() {
    println!("cargo:rerun-if-changed=front/dist");
    println!("cargo:rerun-if-changed=templates");
    if !std::path::Path::new("front/dist/app.css").exists() {
        println!("cargo:error=crates/web/front/dist is not built: run script/front (needs npm)");
    }
}
