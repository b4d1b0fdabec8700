using System.Text;

namespace HQ.OAuth2.Load;

/// <summary>One user with one connection, and the requests that the flows are made of.</summary>
internal sealed class Visitor(RunningServer server, Connection connection)
{
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private static readonly string Basic = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{Setup.ConfidentialClient}:{Setup.Secret}"));

    private readonly Dictionary<string, byte[]> authorize = [];

    public RunningServer Server => server;

    public static string AuthorizeQuery(string client, string? extra) =>
        $"?response_type=code&client_id={client}&redirect_uri={Uri.EscapeDataString(Setup.RedirectUri)}&scope={Setup.Scope}&state=s"
        + $"&code_challenge={Challenge}&code_challenge_method=S256{extra}";

    public Answer Get(string path) => connection.Send(GetRequest(path));

    public byte[] GetRequest(string path, string? cookies = null) =>
        Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {server.Address.Authority}\r\n{Header("Cookie", cookies)}\r\n");

    public Answer Send(byte[] request) => connection.Send(request);

    /// <summary>A form, with the secret in the header when a client with a secret sends it.</summary>
    public byte[] FormRequest(string path, string client, string form)
    {
        var isPublic = client == Setup.PublicClient;
        return Post(
            path,
            "application/x-www-form-urlencoded",
            isPublic ? $"client_id={client}&{form}" : form,
            isPublic ? null : "Basic " + Basic
        );
    }

    public byte[] JsonRequest(string path, string json) => Post(path, "application/json", json, null);

    /// <summary>The user signs in, and allows the client what it asks for: later logins of both need no page.</summary>
    public void SignIn(string client, string? extra = null)
    {
        var path = server.Endpoints.Authorize + AuthorizeQuery(client, extra);
        authorize[client] = GetRequest(path, FirstVisit.SignIn(server, path));
    }

    /// <summary>One login of a user who has signed in: the code, and the answer of the token endpoint.</summary>
    public Answer Login(string client, string? extra = null)
    {
        var code = Send(authorize[client]).Code();
        return Send(
                FormRequest(
                    server.Endpoints.Token,
                    client,
                    $"grant_type=authorization_code&code={code}&redirect_uri={Uri.EscapeDataString(Setup.RedirectUri)}&code_verifier={Verifier}{extra}"
                )
            )
            .Expect(200, "\"access_token\""u8);
    }

    private byte[] Post(string path, string type, string body, string? authorization) =>
        Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {server.Address.Authority}\r\n{Header("Authorization", authorization)}"
                + $"Content-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}"
        );

    private static string Header(string name, string? value) => string.IsNullOrEmpty(value) ? "" : $"{name}: {value}\r\n";
}
