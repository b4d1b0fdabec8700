using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>A fixture whose tests share one host, for tests that do not move its clock.</summary>
internal abstract class SharedApp
{
    protected TestApp App { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => App = await TestApp.StartAsync(Options);

    [OneTimeTearDown]
    public async Task StopAsync() => await App.DisposeAsync();

    protected virtual void Options(HqOAuth2Options o) { }
}

/// <summary>What tests of the back channel say often.</summary>
internal static class BackChannel
{
    public const string Token = "/oauth2/token";
    public const string Introspect = "/oauth2/introspect";
    public const string Revoke = "/oauth2/revoke";
    public const string Form = "application/x-www-form-urlencoded";

    public static readonly (string Name, string Value)[] Machine = TestApp.Credentials("machine");

    public static readonly (string Name, string Value) ClientCredentials = ("grant_type", "client_credentials");

    /// <summary>A client of the host's own store, added or changed while the server runs, and seen at once.</summary>
    public static async Task<Client> AddClientAsync(this TestApp app, Client client)
    {
        var registry = (IClientRegistry)app.Services.GetRequiredService<IClientStore>();
        if (!await registry.TryAddAsync(client, default))
        {
            var stored = (await registry.FindAsync(client.ClientId, default))!;
            (await registry.TryUpdateAsync(client with { Version = stored.Version + 1 }, default)).Should().BeTrue();
        }

        app.Services.GetRequiredService<ClientCache>().Forget(client.ClientId);
        return client;
    }

    public static async Task RemoveClientAsync(this TestApp app, string id)
    {
        (await ((IClientRegistry)app.Services.GetRequiredService<IClientStore>()).TryRemoveAsync(id, default)).Should().BeTrue();
        app.Services.GetRequiredService<ClientCache>().Forget(id);
    }

    public static ValueTask<Client?> FindClientAsync(this TestApp app, string id) =>
        app.Services.GetRequiredService<IClientStore>().FindAsync(id, default);

    /// <summary>A confidential client with a secret that the host brought along.</summary>
    public static Client Confidential(string id, string secret, string method = OAuthClientAuthenticationMethods.ClientSecretBasic) =>
        new()
        {
            ClientId = id,
            Type = ClientType.Confidential,
            TokenEndpointAuthMethod = method,
            Secrets = [ClientSecrets.Keep(secret, 4)],
            GrantTypes = [OAuthGrantTypes.ClientCredentials],
        };

    /// <summary>A body and headers exactly as given.</summary>
    public static async Task<Answer> RawAsync(
        this TestApp app,
        string path,
        byte[] body,
        string? contentType = Form,
        params string[] authorization
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        if (contentType is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType).Should().BeTrue();
        foreach (var value in authorization)
            request.Headers.TryAddWithoutValidation("Authorization", value).Should().BeTrue();
        return await app.SendAsync(request);
    }

    public static Task<Answer> RawAsync(this TestApp app, string path, string body, params string[] authorization) =>
        app.RawAsync(path, Encoding.UTF8.GetBytes(body), Form, authorization);

    public static string Basic(string userInfo) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(userInfo));

    /// <summary>A code for several resources.</summary>
    public static Task<string> CodeOfAsync(this TestApp app, string client, params string[] resources) =>
        app.CodeOfAsync(client, "read write", resources);

    public static Task<string> CodeOfAsync(this TestApp app, string client, string scope, string[] resources) =>
        app.CodeAsync(client, [("scope", scope), .. resources.Select(r => ("resource", (string?)r))]);

    /// <summary>A token of the machine client.</summary>
    public static async Task<Answer> MachineTokenAsync(this TestApp app, params (string Name, string Value)[] more)
    {
        var answer = await app.PostAsync(Token, [ClientCredentials, .. Machine, .. more]);
        answer.Status.Should().Be(200, answer.Body);
        return answer;
    }

    public static async Task<bool> IsActiveAsync(this TestApp app, string? token) =>
        (await app.IntrospectAsync(token!)).Json.GetProperty("active").GetBoolean();

    /// <summary>The rows of alice, as the store holds them.</summary>
    public static async Task<IReadOnlyList<AuthorizationRecord>> RowsAsync(this TestApp app, string subject = "alice") =>
        (await app.Services.GetRequiredService<IAuthorizationStore>().ListAsync(new(subject, null, 1000), default)).Items;

    public static Task RemoveRowAsync(this TestApp app, string id) =>
        app.Services.GetRequiredService<IAuthorizationStore>().RemoveAsync(id, default).AsTask();

    /// <summary>A part of a JWT: 0 is the header, 1 the payload.</summary>
    public static JsonElement JwtPart(string? token, int part) =>
        JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token!.Split('.')[part])).RootElement;

    public static string[] Scopes(this Answer answer) => [.. answer.Text("scope")!.Split(' ').Order(StringComparer.Ordinal)];

    public static string AccessToken(this Answer answer) => answer.Text("access_token")!;

    public static string RefreshToken(this Answer answer) => answer.Text("refresh_token")!;
}
