using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

// A command-line tool that signs its user in by a code (RFC 8628), with HttpClient alone. The three arguments may be left out:
// DeviceSignIn <issuer> <client id> <API>
var issuer = args.ElementAtOrDefault(0) ?? "http://localhost:5080";
var clientId = args.ElementAtOrDefault(1) ?? "notes-cli";
var api = args.ElementAtOrDefault(2) ?? issuer + "/api/notes";

using var http = new HttpClient();

// RFC 8414: the addresses are in the metadata. For an issuer with a path, the path comes last.
var root = new Uri(issuer);
var metadata = await ReadAsync(
    await http.GetAsync(new Uri(root, "/.well-known/oauth-authorization-server" + root.AbsolutePath.TrimEnd('/')))
);
if (metadata.GetProperty("issuer").GetString() != issuer)
    return Fail($"The metadata names another issuer than {issuer}.");
if (!metadata.TryGetProperty("device_authorization_endpoint", out var endpoint))
    return Fail("This server has no device authorization: its host switches it on by deviceAuthorization.");

// RFC 8628 §3.1: ask for the two codes.
var device = await ReadAsync(await PostAsync(endpoint.GetString()!, ("client_id", clientId), ("scope", "read")));
if (device.TryGetProperty("error", out _))
    return Fail(ErrorOf(device));

// §3.3: the user may be at any browser.
Console.WriteLine($"Open {device.GetProperty("verification_uri").GetString()} in a browser and enter this code:");
Console.WriteLine();
Console.WriteLine($"    {device.GetProperty("user_code").GetString()}");
Console.WriteLine();
Console.WriteLine($"Or open {device.GetProperty("verification_uri_complete").GetString()} and compare the code.");

// §3.4, §3.5: poll until the user has answered.
var interval = TimeSpan.FromSeconds(device.TryGetProperty("interval", out var seconds) ? seconds.GetInt32() : 5);
JsonElement tokens;
while (true)
{
    await Task.Delay(interval);
    HttpResponseMessage answer;
    try
    {
        answer = await PostAsync(
            metadata.GetProperty("token_endpoint").GetString()!,
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", device.GetProperty("device_code").GetString()!),
            ("client_id", clientId)
        );
    }
    catch (HttpRequestException)
    {
        // §3.5: after a connection that failed, poll less often.
        interval *= 2;
        continue;
    }

    if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
        continue;
    tokens = await ReadAsync(answer);
    if (answer.IsSuccessStatusCode)
        break;
    switch (tokens.GetProperty("error").GetString())
    {
        case "authorization_pending":
            continue;
        case "slow_down":
            interval += TimeSpan.FromSeconds(5);
            continue;
        case "access_denied":
            return Fail("You refused.");
        case "expired_token":
            return Fail("The code has expired. Start again.");
        default:
            return Fail(ErrorOf(tokens));
    }
}

// The access token opens the API; a real tool keeps the refresh token where only its user can read it.
Console.WriteLine($"Signed in, for the scope {tokens.GetProperty("scope").GetString()}.");
using var request = new HttpRequestMessage(HttpMethod.Get, api);
request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", tokens.GetProperty("access_token").GetString());
using var response = await http.SendAsync(request);
Console.WriteLine($"GET {api}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
return response.IsSuccessStatusCode ? 0 : 1;

async Task<HttpResponseMessage> PostAsync(string address, params (string Name, string Value)[] form) =>
    await http.PostAsync(address, new FormUrlEncodedContent(form.Select(f => KeyValuePair.Create(f.Name, f.Value))));

static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
{
    using (answer)
    {
        using var json = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync());
        return json.RootElement.Clone();
    }
}

static string ErrorOf(JsonElement answer) => $"{answer.GetProperty("error")}: {answer.GetProperty("error_description")}";

static int Fail(string why)
{
    Console.Error.WriteLine(why);
    return 1;
}
