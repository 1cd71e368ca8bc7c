// Fetches one page through a proxy: java Fetch.java HOST PORT URL FILE. Prints the status.
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;

class Fetch {
    public static void main(String[] given) throws Exception {
        var proxy = ProxySelector.of(new InetSocketAddress(given[0], Integer.parseInt(given[1])));
        var client = HttpClient.newBuilder().proxy(proxy).build();
        var request = HttpRequest.newBuilder(URI.create(given[2])).timeout(Duration.ofSeconds(60)).build();
        System.out.println(client.send(request, HttpResponse.BodyHandlers.ofFile(Path.of(given[3]))).statusCode());
    }
}
