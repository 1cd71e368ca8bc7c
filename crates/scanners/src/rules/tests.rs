//! What Usher's own rules find and what they leave alone.

use super::*;

use std::io::Write;

use bytes::Bytes;

const MOST: Duration = Duration::from_secs(60);
const SEVENZ: &str = "377abcaf271c00041c5d22f948000000000000005a000000000000005575ad6501004358354f2150254041505b345c505a58353428505e2937434329377d2445494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a000104060001094800070b010001212101000c4400080a013ccf516800000501190c000000000000000000000000111500650069006300610072002e0063006f006d000000140a0100a994cb1e5c7add01150601002080a4810000";
const XZ: &str = "fd377a585a000004e6d6b4460200210116000000742fe5a301004358354f2150254041505b345c505a58353428505e2937434329377d2445494341522d5354414e444152442d414e544956495255532d544553542d46494c452124482b482a00faab49d4013391b600015c44fa2239471fb6f37d010000000004595a";

/// The harmless file that every scanner knows, in two halves so that none takes this file for it.
pub(crate) fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat().into_bytes()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().map(|c| u8::try_from(c.to_digit(16).unwrap()).unwrap()).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn zip(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    let number = |length: usize| u32::try_from(length).unwrap().to_le_bytes();
    for (name, content) in parts {
        let at = number(file.len());
        let mut fields = vec![0; 8];
        let mut crc = flate2::Crc::new();
        crc.update(content);
        fields.extend(crc.sum().to_le_bytes());
        fields.extend([number(content.len()), number(content.len())].concat());
        fields.extend(&number(name.len())[..2]);
        file.extend([b"PK\x03\x04\x14\0".as_slice(), &fields, &[0; 2], name.as_bytes(), content].concat());
        directory
            .extend([b"PK\x01\x02\x14\0\x14\0".as_slice(), &fields, &[0; 12], &at, name.as_bytes()].concat());
    }
    let (count, size, at) = (number(parts.len()), number(directory.len()), number(file.len()));
    [&file, &directory, b"PK\x05\x06\0\0\0\0".as_slice(), &count[..2], &count[..2], &size, &at, &[0; 2]]
        .concat()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut packed = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    packed.append_data(&mut header, name, bytes).unwrap();
    packed.into_inner().unwrap()
}

fn on_disk(bytes: &[u8]) -> Held {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    Held::File { file: Arc::new(file), length: bytes.len() as u64 }
}

async fn own(bytes: &[u8]) -> Malware {
    let rules = Rules::own(None, MOST).unwrap();
    let in_memory = rules.scan(&Held::Bytes(Bytes::copy_from_slice(bytes))).await;
    assert_eq!(rules.scan(&on_disk(bytes)).await, in_memory);
    in_memory
}

fn found(name: &str) -> Malware {
    Malware::Found(name.to_owned())
}

#[tokio::test]
async fn the_test_file_is_found_in_every_archive() {
    let sample = eicar();
    let plain = zip(&[("readme.txt", b"hello"), ("eicar.com", &sample)]);
    let office: [(&str, &[u8]); 3] =
        [("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>"), ("word/media/a.bin", &sample)];
    for (name, bytes) in [
        ("itself", sample.clone()),
        ("white space after it", [sample.as_slice(), b" \r\n\t"].concat()),
        ("zip", plain.clone()),
        ("docx", zip(&office)),
        ("zip in zip", zip(&[("a.zip", &plain)])),
        ("gz", gzip(&sample)),
        ("tar", tar("eicar.com", &sample)),
        ("tgz", gzip(&tar("eicar.com", &sample))),
        ("xz", unhex(XZ)),
        ("7z", unhex(SEVENZ)),
        ("zip behind a picture", [b"\xff\xd8\xff\xe0 picture".as_slice(), &plain].concat()),
    ] {
        assert_eq!(own(&bytes).await, found("Eicar_Test_File"), "{name}");
    }
}

#[tokio::test]
async fn what_speaks_of_the_test_file_and_the_rules_themselves_are_clean() {
    let page = format!("The test file is {} and does no harm.", String::from_utf8(eicar()).unwrap());
    assert_eq!(own(page.as_bytes()).await, Malware::Clean);
    assert_eq!(own(include_bytes!("../../../../lists/malware/usher.yar")).await, Malware::Clean);
    assert_eq!(own(b"").await, Malware::Clean);
}

/// A document with one macro, as Office keeps it: only its text, packed.
fn macros(text: &str) -> Vec<u8> {
    let module = vba::tests::packed(format!("Attribute VB_Name = \"ThisDocument\"\r\n{text}").as_bytes());
    zip(&[("[Content_Types].xml", b"<Types/>"), ("word/vbaProject.bin", &module)])
}

fn page(carried: &str) -> String {
    format!(
        "<html><script>var b='{carried}{}';var u=URL.createObjectURL(new Blob([atob(b)]));\
         a.download='invoice.zip';a.click()</script>{}</html>",
        "A".repeat(80),
        "<p>Please wait</p>".repeat(60)
    )
}

#[tokio::test]
async fn each_rule_finds_what_it_is_for_and_not_what_is_like_it() {
    let program =
        [b"MZ".as_slice(), &[0; 64], b"This program cannot be run in DOS mode\r\r\n$", b"PE\0\0\x64\x86"]
            .concat();
    let picture = b"\x89PNG\r\n\x1a\n a picture".as_slice();
    let shortcut = |command: &str| {
        let wide: Vec<u8> = command.encode_utf16().flat_map(u16::to_le_bytes).collect();
        [b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46".as_slice(), &wide].concat()
    };
    let name = "Macro_Runs_Program_When_Opened";
    let cases: [(&str, Vec<u8>, bool); 20] = [
        ("Program_Behind_Picture", [picture, &program].concat(), true),
        ("Program_Behind_Picture", [picture, b"This program cannot be run in DOS mode"].concat(), false),
        ("Program_Behind_Picture", program.clone(), false),
        (name, macros("Sub AutoOpen()\r\nCreateObject(\"WScript.Shell\").Run \"calc\"\r\nEnd Sub"), true),
        (name, macros("Private Sub Document_Open()\r\nx = Shell(\"calc.exe\", 1)\r\nEnd Sub"), true),
        (name, macros("Private Sub Workbook_Open()\r\nRange(\"A1\").Select\r\nEnd Sub"), false),
        (name, macros("Sub Button_Click()\r\nx = Shell(\"calc.exe\", 1)\r\nEnd Sub"), false),
        (name, macros("Sub AutoOpen()\r\nMsgBox \"The Shell beach\"\r\nEnd Sub"), false),
        ("Pdf_Starts_Program", b"%PDF-1.4\n<< /S /Launch /Win << /F (cmd.exe) >> >>".to_vec(), true),
        (
            "Pdf_Starts_Program",
            b"%PDF-1.4\nthis.exportDataObject({ cName: \"x\", nLaunch: 2 });".to_vec(),
            true,
        ),
        ("Pdf_Starts_Program", b"%PDF-1.4\n(the Launch of the rocket) /S /GoTo".to_vec(), false),
        (
            "Pdf_Script_When_Opened_Hides_Itself",
            b"%PDF-1.4\n/OpenAction << /S /JavaScript /JS (eval (unescape('%61'))) >>".to_vec(),
            true,
        ),
        (
            "Pdf_Script_When_Opened_Hides_Itself",
            b"%PDF-1.4\n/OpenAction << /S /JavaScript /JS (this.print()) >>".to_vec(),
            false,
        ),
        (
            "Shortcut_Runs_Script",
            shortcut("C:\\Windows\\System32\\WindowsPowerShell\\powershell.exe -w hidden -enc SQBFAFgA"),
            true,
        ),
        ("Shortcut_Runs_Script", shortcut("C:\\Program Files\\LibreOffice\\soffice.exe"), false),
        ("Page_Hands_Over_Hidden_Program", page("TVqQAAMAAAAEAAAA").into_bytes(), true),
        ("Page_Hands_Over_Hidden_Program", page("UEsDBBQAAAAIAA").into_bytes(), true),
        ("Page_Hands_Over_Hidden_Program", page("iVBORw0KGgoAAAA").into_bytes(), false),
        ("Program_With_Two_Endings", zip(&[("homework/essay.docx      .exe", b"x")]), true),
        ("Program_With_Two_Endings", zip(&[("jquery.min.js", b"x"), ("setup.exe", b"x")]), false),
    ];
    for (rule, bytes, is_found) in cases {
        let expected = if is_found { found(rule) } else { Malware::Clean };
        assert_eq!(own(&bytes).await, expected, "{}", String::from_utf8_lossy(&bytes));
    }
    let script = format!("@echo off\r\npowershell -nop -w hidden -EncodedCommand JAB{}\r\n", "A".repeat(60));
    assert_eq!(own(script.as_bytes()).await, found("Hidden_Encoded_PowerShell"));
}

#[tokio::test]
async fn what_lies_across_two_pieces_of_a_long_file_is_found() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("ours.yar"),
        "rule Words { strings: $a = \"across the cut\" condition: $a }",
    )
    .unwrap();
    let rules = Rules::own(Some(folder.path()), MOST).unwrap();
    assert!(rules.read_again().is_ok());
    let mut bytes = vec![0; 33 << 20];
    assert_eq!(rules.scan(&on_disk(&bytes)).await, Malware::Clean);
    let at = (32 << 20) - 6;
    bytes[at..at + 14].copy_from_slice(b"across the cut");
    assert_eq!(rules.scan(&on_disk(&bytes)).await, found("ours: Words"));
}

#[tokio::test]
async fn a_schools_faulty_rule_is_named_with_its_line_and_the_old_ones_stay() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write(
        "games.yara",
        "import \"pe\"\nrule Game { strings: $a = \"Minesweeper\" condition: $a and not pe.is_pe }",
    );
    write("notes.txt", "not a rule");
    let rules = Rules::own(Some(folder.path()), MOST).unwrap();
    let own = rules.generation();
    rules.read_again().unwrap();
    let first = rules.generation();
    assert_ne!(own, first);
    let game = Held::Bytes(Bytes::from_static(b"Minesweeper 2"));
    assert_eq!(rules.scan(&game).await, found("games: Game"));
    for (text, expected) in [
        ("rule A { condition: true }\nrule B { condition: nothing }", "odd.yar:2:21: error:"),
        ("rule A {", "odd.yar:1:"),
        ("include \"/etc/passwd\"", "odd.yar:1:1: error:"),
    ] {
        write("odd.yar", text);
        let fault = rules.read_again().unwrap_err().to_string();
        assert!(fault.contains(expected), "{fault}");
        assert_eq!((rules.generation(), rules.scan(&game).await), (first, found("games: Game")));
    }
    std::fs::remove_dir_all(folder.path()).unwrap();
    assert!(matches!(rules.read_again(), Err(RuleFault::Unreadable { .. })));
    assert_eq!(rules.generation(), first);
}

#[tokio::test]
async fn no_time_is_slow_and_too_long_a_program_in_an_archive_is_said() {
    let late = Rules::own(None, Duration::ZERO).unwrap();
    assert_eq!(
        late.scan(&Held::Bytes(Bytes::from(zip(&[("a", b"b")])))).await,
        Malware::Failed(ScanFailure::Slow)
    );
    let mut rules = Rules::own(None, MOST).unwrap();
    rules.limits.member_bytes = 1000;
    let mut program = b"MZ\x90\0".to_vec();
    program.resize(0x3c, 0);
    program.extend(b"\x40\0\0\0PE\0\0\x64\x86");
    program.resize(2000, 0);
    let long = zip(&[("a.exe", &program)]);
    assert_eq!(rules.scan(&Held::Bytes(Bytes::from(long))).await, Malware::Failed(ScanFailure::TooLarge));
    let film = zip(&[("a.txt", &[b'a'; 2000])]);
    assert_eq!(rules.scan(&Held::Bytes(Bytes::from(film))).await, Malware::Clean);
}

#[tokio::test]
#[ignore = "needs Debian's clamav-testfiles: script/test runs it where they are installed"]
async fn clamavs_test_program_is_found_in_every_container_that_is_read() {
    let rules = Rules::own(None, MOST).unwrap();
    let mut not_found = Vec::new();
    for entry in std::fs::read_dir("/usr/share/clamav-testfiles").unwrap() {
        let path = entry.unwrap().path();
        let file = Held::Bytes(Bytes::from(std::fs::read(&path).unwrap()));
        if rules.scan(&file).await != found("ClamAV_Test_File") {
            not_found.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    not_found.sort();
    assert_eq!(not_found, NOT_READ);
}

/// What holds it in a form that is not unpacked here: packed programs and installers, which may be refused by their
/// kind; mail and encodings that no browser undoes; ARJ, SZDD, TNEF, SIS, CHM and imploded zips, which `File::unread` tells.
const NOT_READ: [&str; 28] = [
    "clam-aspack.exe",
    "clam-fsg.exe",
    "clam-mew.exe",
    "clam-nsis.exe",
    "clam-pespin.exe",
    "clam-petite.exe",
    "clam-upack.exe",
    "clam-upx.exe",
    "clam-wwpack.exe",
    "clam-yc.exe",
    "clam.arj",
    "clam.chm",
    "clam.ea05.exe",
    "clam.ea06.exe",
    "clam.exe.binhex",
    "clam.exe.html",
    "clam.exe.mbox.base64",
    "clam.exe.mbox.uu",
    "clam.exe.szdd",
    "clam.impl.zip",
    "clam.mail",
    "clam.sis",
    "clam.tnef",
    "clam_IScab_ext.exe",
    "clam_IScab_int.exe",
    "clam_ISmsi_ext.exe",
    "clam_ISmsi_int.exe",
    "clam_cache_emax.tgz",
];
