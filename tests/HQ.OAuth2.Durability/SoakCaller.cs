using System.Net;
using System.Text;
using HQ.OAuth2.Tests;

namespace HQ.OAuth2.Durability;

/// <summary>Somebody at an address, with what they send.</summary>
internal sealed class SoakCaller
{
    public const string Machine = "demo-web:demo-web-secret";

    public SoakCaller(Uri server, HttpMessageHandler connections, IPAddress address, Random random)
    {
        (Server, Random) = (server, random);
        Http = new(connections, disposeHandler: false) { BaseAddress = server, Timeout = TimeSpan.FromSeconds(30) };
        Http.DefaultRequestHeaders.Add("X-Forwarded-For", address.ToString());
        Flow = new(Http, "soak");
    }

    public Uri Server { get; }

    public Random Random { get; }

    public HttpClient Http { get; }

    public UserFlow Flow { get; }

    public string Url(string path) => Server.GetLeftPart(UriPartial.Authority) + path;

    public Session NewUser() => new($"user-{Random.Next(5000)}");

    public async Task SignInAsync(Session session) =>
        Expect(await GetAsync($"/soak/sign-in?user={session.User}", session), "sign-in", HttpStatusCode.OK);

    public Task<Reply> GetAsync(string path, Session? session = null, params (string Name, string Value)[] headers) =>
        SendAsync(new(HttpMethod.Get, path), session, headers);

    /// <summary>Posts a form; <paramref name="basic"/> is "id:secret".</summary>
    public Task<Reply> PostAsync(string path, string? basic, string? proof, params (string Name, string Value)[] form)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new FormUrlEncodedContent(form.Select(p => KeyValuePair.Create(p.Name, p.Value))),
        };
        if (basic is not null)
            request.Headers.Authorization = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(basic)));
        return SendAsync(request, null, proof is null ? [] : [("DPoP", proof)]);
    }

    public Task<Reply> SendAsync(HttpRequestMessage request, Session? session = null, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return Flow.SendAsync(request, session);
    }

    public string Proof(ProofKey key, string method, string path, string? token = null) =>
        key.Proof(method, Url(path), DateTimeOffset.UtcNow, token, claims: c => c["jti"] = Guid.NewGuid().ToString("N"));

    /// <summary>Text that nobody gave out.</summary>
    public string MadeUp(int length)
    {
        const string characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        return string.Create(length, Random, (span, random) => random.GetItems(characters, span));
    }

    public static Reply Expect(Reply reply, string step, params HttpStatusCode[] statuses) =>
        statuses.Contains(reply.Status) ? reply : throw new UnexpectedReplyException(step, reply);

    public static Reply Ok(Reply reply, string step) => Expect(reply, step, HttpStatusCode.OK);
}
