namespace ManyNodes;

/// <summary>Asks the node in the same container whether it is ready: the images of the framework have no curl.</summary>
internal static class HealthCommand
{
    public static async Task<int> RunAsync(IConfiguration configuration)
    {
        var port = configuration["HTTP_PORTS"]?.Split(';')[0] ?? "8080";
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}/healthz/ready");
        // A name that the host answers to.
        request.Headers.Host = configuration["AllowedHosts"]?.Split(';')[0];
        try
        {
            using var response = await http.SendAsync(request);
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return 1;
        }
    }
}
