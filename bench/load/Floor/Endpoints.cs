using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;

namespace HQ.OAuth2.Load.Floor;

/// <summary>The endpoints, each with the work that cannot be left out and nothing else.</summary>
internal sealed class Endpoints(string issuer, IRows rows)
{
    private readonly byte[] metadata = Encoding.UTF8.GetBytes(
        $$"""
        {"issuer":"{{issuer}}","authorization_endpoint":"{{issuer}}/oauth2/authorize","token_endpoint":"{{issuer}}/oauth2/token",
        "introspection_endpoint":"{{issuer}}/oauth2/introspect","revocation_endpoint":"{{issuer}}/oauth2/revoke","jwks_uri":"{{issuer}}/oauth2/jwks",
        "scopes_supported":["read"],"response_types_supported":["code"],"code_challenge_methods_supported":["S256"],
        "grant_types_supported":["authorization_code","refresh_token","client_credentials"],
        "token_endpoint_auth_methods_supported":["none","client_secret_basic","client_secret_post"]}
        """
    );

    public void MapTo(WebApplication app)
    {
        app.MapGet("/.well-known/oauth-authorization-server", (RequestDelegate)(http => JsonAsync(http, metadata)));
        app.MapGet("/oauth2/authorize", (RequestDelegate)AuthorizeAsync);
        app.MapPost("/oauth2/token", (RequestDelegate)TokenAsync);
        app.MapPost("/oauth2/introspect", (RequestDelegate)IntrospectAsync);
        app.MapPost("/oauth2/revoke", (RequestDelegate)RevokeAsync);
        app.MapGet(
            "/load/sign-in",
            (RequestDelegate)(
                http =>
                    http.SignInAsync(
                        new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, http.Request.Query["user"]!)], "load"))
                    )
            )
        );
        app.MapGet(
            "/load/{question}",
            (RequestDelegate)(http => http.Response.WriteAsync(Cost.Answer((string)http.Request.RouteValues["question"]!)))
        );
    }

    private async Task AuthorizeAsync(HttpContext http)
    {
        // Without a session this throws.
        _ = http.User.FindFirst(ClaimTypes.NameIdentifier)!.Value;
        var code = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await rows.InsertAsync(code);
        http.Response.Redirect($"{http.Request.Query["redirect_uri"]}?code={code}&state={http.Request.Query["state"]}");
    }

    private async Task TokenAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var id = form["grant_type"].ToString() switch
        {
            "authorization_code" => form["code"].ToString(),
            "refresh_token" => form["refresh_token"].ToString(),
            _ => null,
        };
        if (id is not null)
            await rows.UpdateAsync(id);
        var refresh = id is null ? "" : $",\"refresh_token\":\"{id}\"";
        await JsonAsync(
            http,
            $$"""{"access_token":"{{AccessTokens.Create(id ?? "client")}}","token_type":"Bearer","expires_in":3600,"scope":"read"{{refresh}}}"""
        );
    }

    private async Task IntrospectAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var active = await rows.ReadAsync(AccessTokens.IdOf(form["token"].ToString()));
        await JsonAsync(
            http,
            active ? $$"""{"active":true,"client_id":"public","scope":"read","sub":"a user","iss":"{{issuer}}"}""" : """{"active":false}"""
        );
    }

    private async Task RevokeAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        var id = AccessTokens.IdOf(form["token"].ToString());
        if (await rows.ReadAsync(id))
            await rows.UpdateAsync(id);
    }

    private static Task JsonAsync(HttpContext http, string json) => JsonAsync(http, Encoding.UTF8.GetBytes(json));

    private static Task JsonAsync(HttpContext http, byte[] json)
    {
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = json.Length;
        return http.Response.Body.WriteAsync(json, 0, json.Length);
    }
}
