using System.Text;
using System.Text.Json;
using HQ.OAuth2.Tests;
using static HQ.OAuth2.AspNetCore.Tests.BackChannel;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>What the token endpoint reads and how it answers (RFC 6749 §3.2, §5, Appendix B).</summary>
internal sealed class TokenRequestTests : SharedApp
{
    private static readonly string machine = Basic("machine:" + TestApp.WebSecret);

    [TestCase("GET")]
    [TestCase("PUT")]
    [TestCase("DELETE")]
    [Rfc("6749-3.2-1")]
    [Rfc("7662-4-7")]
    [Rfc("7009-2.3-1")]
    public async Task Only_POST_is_taken(string method)
    {
        foreach (var path in new[] { Token, Introspect, Revoke })
        {
            using var request = new HttpRequestMessage(
                new(method),
                $"{path}?grant_type=client_credentials&client_id=post&client_secret={TestApp.WebSecret}&token=x&callback=f"
            );
            var answer = await App.SendAsync(request);
            answer.Status.Should().Be(405);
            answer.Header("Allow").Should().Be("POST");
            answer.Text("error").Should().Be("invalid_request");
        }
    }

    [Test, Rfc("6749-3.2-2"), Rfc("6749-5.2-2"), Rfc("6749-4.1.3-1"), Rfc("6749-6-1")]
    public async Task A_parameter_that_is_needed_and_absent_or_empty_is_invalid_request()
    {
        (await App.RawAsync(Token, "", machine)).ShouldBeError("invalid_request");
        (await App.RawAsync(Token, "grant_type=", machine)).ShouldBeError("invalid_request");
        foreach (var (client, grant, name) in new[] { ("web", "authorization_code", "code"), ("spa", "refresh_token", "refresh_token") })
        {
            (string, string)[] request = [("grant_type", grant), .. TestApp.Credentials(client)];
            var absent = await App.PostAsync(Token, request);
            absent.ShouldBeError("invalid_request");
            absent.Text("error_description").Should().Contain(name);
            (await App.PostAsync(Token, [.. request, (name, "")])).ShouldBeError("invalid_request");
        }
    }

    [Test, Rfc("6749-3.2-3")]
    public async Task Unknown_parameters_change_nothing()
    {
        var answer = await App.MachineTokenAsync(("foo", "bar"), ("hq_x", "y"), ("scope", "read"));
        answer.Text("scope").Should().Be("read");
        answer.Body.Should().NotContain("foo");
    }

    [TestCase("grant_type")]
    [TestCase("code")]
    [TestCase("code_verifier")]
    [TestCase("redirect_uri")]
    [TestCase("client_id")]
    [TestCase("scope")]
    [TestCase("foo")]
    [Rfc("6749-3.2-4")]
    [Rfc("21-3.1-1")]
    public async Task A_repeated_parameter_is_refused_and_the_code_is_not_spent(string name)
    {
        var code = await App.CodeAsync("spa", ("resource", TestApp.Issuer));
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["code_verifier"] = TestApp.Verifier,
            ["redirect_uri"] = TestApp.RedirectUri,
            ["client_id"] = "spa",
        };
        var value = form.GetValueOrDefault(name, "read");
        (string, string)[] request = [.. form.Select(p => (p.Key, p.Value))];

        (
            await App.PostAsync(
                Token,
                [.. request, .. form.ContainsKey(name) ? Array.Empty<(string, string)>() : [(name, value)], (name, value)]
            )
        ).ShouldBeError("invalid_request");
        if (name != "foo")
            (await App.PostAsync($"{Token}?{name}={Uri.EscapeDataString(value)}", request)).ShouldBeError("invalid_request");
        // Only resource may repeat.
        (await App.PostAsync(Token, [.. request, ("resource", TestApp.Issuer), ("resource", TestApp.Issuer)]))
            .Status.Should()
            .Be(200);
    }

    [Test, Rfc("6749-3.2.1-2")]
    public async Task A_code_without_any_client_is_refused_and_not_spent()
    {
        var code = await App.CodeAsync("spa");
        (
            await App.PostAsync(Token, ("grant_type", "authorization_code"), ("code", code), ("code_verifier", TestApp.Verifier))
        ).ShouldBeError("invalid_client", 401);
        (await App.RedeemAsync("spa", code)).Status.Should().Be(200);
    }

    [TestCase("application/x-www-form-urlencoded")]
    [TestCase("application/x-www-form-urlencoded; charset=utf-8")]
    [TestCase("application/x-www-form-urlencoded;charset=\"UTF-8\"")]
    [TestCase("Application/X-WWW-Form-Urlencoded")]
    [TestCase("application/x-www-form-urlencoded; charset=iso-8859-1")]
    [TestCase("application/x-www-form-urlencoded;charset=ISO-8859-1")]
    [TestCase("application/x-www-form-urlencoded ; charset=utf8")]
    [TestCase("application/x-www-form-urlencoded; charset=")]
    [Rfc("6749-4.1.3-2")]
    public async Task A_form_in_UTF8_is_taken(string type) =>
        (await App.RawAsync(Token, "grant_type=client_credentials"u8.ToArray(), type, machine)).Status.Should().Be(200);

    [TestCase("application/json", "{\"grant_type\":\"client_credentials\"}")]
    [TestCase(
        "multipart/form-data; boundary=b",
        "--b\r\nContent-Disposition: form-data; name=\"grant_type\"\r\n\r\nclient_credentials\r\n--b--\r\n"
    )]
    [TestCase("text/plain", "grant_type=client_credentials")]
    [TestCase("application/x-www-form-urlencoded, text/plain", "grant_type=client_credentials")]
    [TestCase("application/x-www-form-urlencoded; charset=iso-8859-1", "grant_type=client_credentials&x=\xFF")]
    [TestCase("application/x-www-form-urlencoded; charset=iso-8859-1", "grant_type=client_credentials&x=%FF")]
    [TestCase("application/x-www-form-urlencodedx", "grant_type=client_credentials")]
    [TestCase(null, "grant_type=client_credentials")]
    [Rfc("6749-4.1.3-2")]
    [Rfc("7662-2.1-1")]
    [Rfc("7009-2.1-1")]
    public async Task Any_other_body_is_refused(string? type, string body)
    {
        foreach (var path in new[] { Token, Introspect, Revoke })
            (await App.RawAsync(path, Encoding.Latin1.GetBytes(body), type, machine)).ShouldBeError("invalid_request");
    }

    [TestCase("%GG")]
    [TestCase("%4")]
    [TestCase("%")]
    [TestCase("%FF")]
    [TestCase("%C0%AF")]
    [TestCase("%ED%A0%80")]
    [Rfc("6749-B-2")]
    public async Task A_form_that_does_not_decode_is_refused(string text)
    {
        foreach (var path in new[] { Token, Introspect, Revoke })
        {
            (await App.RawAsync(path, $"grant_type=client_credentials&token=x&scope={text}", machine)).ShouldBeError("invalid_request");
            (await App.RawAsync(path, $"grant_type=client_credentials&token=x&{text}=x", machine)).ShouldBeError("invalid_request");
        }
    }

    [Test, Rfc("6749-B-2")]
    public async Task Raw_bytes_that_are_no_UTF8_are_refused_and_a_NUL_is_only_a_character()
    {
        byte[] invalid = [.. "grant_type=client_credentials&scope="u8, 0xff, 0xfe];
        (await App.RawAsync(Token, invalid, Form, machine)).ShouldBeError("invalid_request");
        (await App.RawAsync(Token, "grant_type=client_credentials%00", machine)).ShouldBeError("unsupported_grant_type");
        (await App.RawAsync(Token, "grant_type=client_credentials&scope=read%00", machine)).ShouldBeError("invalid_scope");
        (await App.RawAsync(Token, "grant_type=client_credentials&client_id=spa%00")).ShouldBeError("invalid_client", 401);
        (await App.RawAsync(Introspect, "token=%00", machine)).Body.Should().Be("{\"active\":false}");
    }

    [Test]
    public async Task A_body_above_the_limit_is_refused_unread_with_a_length_or_without()
    {
        var large = Encoding.ASCII.GetBytes("grant_type=client_credentials&x=" + new string('a', OAuthParameters.MaxBytes));
        (await App.RawAsync(Token, large, Form, machine)).ShouldBeError("invalid_request", 413);
        using var request = new HttpRequestMessage(HttpMethod.Post, Token) { Content = new StreamContent(new Unseekable(large)) };
        request.Content.Headers.ContentType = new(Form);
        request.Content.Headers.ContentLength = null;
        (await App.SendAsync(request)).ShouldBeError("invalid_request", 413);

        var many = "grant_type=client_credentials" + string.Concat(Enumerable.Range(0, OAuthParameters.MaxPairs).Select(i => $"&p{i}=1"));
        (await App.RawAsync(Token, many, machine)).ShouldBeError("invalid_request");
    }

    [TestCase("password")]
    [TestCase("foo")]
    [TestCase("implicit")]
    [TestCase("Client_Credentials")]
    [TestCase("urn:example:grant")]
    [TestCase("urn:ietf:params:oauth:grant-type:jwt-bearer")]
    [Rfc("6749-5.2-7")]
    [Rfc("6749-4.5-1")]
    [Rfc("9700-2.4-1")]
    public async Task A_grant_that_is_not_there_is_unsupported(string grantType) =>
        (
            await App.PostAsync(Token, [("grant_type", grantType), ("username", "alice"), ("password", "x"), .. TestApp.Credentials("web")])
        ).ShouldBeError("unsupported_grant_type");

    [Test, Rfc("9700-2.4-1")]
    public async Task The_metadata_has_no_password_grant_and_none_can_be_registered()
    {
        (await App.GetAsync("/.well-known/oauth-authorization-server")).Body.Should().NotContain("password");
        (await App.RegisterAsync(new { redirect_uris = new[] { TestApp.RedirectUri }, grant_types = new[] { "password" } }))
            .Status.Should()
            .Be(400);
    }

    [TestCase("machine", "authorization_code")]
    [TestCase("machine", "refresh_token")]
    [TestCase("spa", "client_credentials")]
    [Rfc("6749-5.2-6")]
    public async Task A_grant_that_the_client_may_not_use_is_unauthorized(string client, string grantType) =>
        (
            await App.PostAsync(Token, [("grant_type", grantType), ("code", "x"), ("refresh_token", "x"), .. TestApp.Credentials(client)])
        ).ShouldBeError("unauthorized_client");

    [
        Test,
        Rfc("6749-5.1-1"),
        Rfc("6749-5.1-2"),
        Rfc("6749-5.1-3"),
        Rfc("6749-5.1-4"),
        Rfc("6749-5.1-5"),
        Rfc("21-3.2.3-1"),
        Rfc("6750-5.3-1")
    ]
    public async Task A_success_is_flat_JSON_that_nobody_caches()
    {
        var first = await App.TokensAsync("spa");
        foreach (var answer in new[] { first, await App.RefreshAsync("spa", first.RefreshToken()), await App.MachineTokenAsync() })
        {
            answer.Status.Should().Be(200);
            answer.ContentType.Should().Be("application/json");
            answer.Header("Cache-Control").Should().Be("no-store");
            answer.Header("Pragma").Should().Be("no-cache");
            answer.AccessToken().Should().NotBeNullOrEmpty();
            answer.Text("token_type").Should().Be("Bearer");
            answer.Json.GetProperty("expires_in").ValueKind.Should().Be(JsonValueKind.Number);
            answer.Json.GetProperty("expires_in").GetInt64().Should().Be(900);
            answer.Text("scope").Should().NotBeNullOrEmpty();
            answer
                .Json.EnumerateObject()
                .Should()
                .OnlyContain(p => p.Value.ValueKind == (p.Name == "expires_in" ? JsonValueKind.Number : JsonValueKind.String));
        }
    }

    [Test, Rfc("6749-5.2-1"), Rfc("6749-5.1-5")]
    public async Task An_error_is_two_strings_of_JSON_that_nobody_caches()
    {
        var answer = await App.RedeemAsync("spa", "bad");
        answer.ShouldBeError("invalid_grant");
        answer.Header("Pragma").Should().Be("no-cache");
        answer.Json.EnumerateObject().Select(p => p.Name).Should().Equal("error", "error_description");
        answer.Json.EnumerateObject().Should().OnlyContain(p => p.Value.ValueKind == JsonValueKind.String);
        (await App.IntrospectAsync("x")).Header("Pragma").Should().Be("no-cache");
    }

    [TestCase("grant_type")]
    [TestCase("scope")]
    [TestCase("resource")]
    [TestCase("code")]
    [TestCase("redirect_uri")]
    [TestCase("code_verifier")]
    [TestCase("refresh_token")]
    [TestCase("client_id")]
    [TestCase("client_secret")]
    [TestCase("token")]
    [TestCase("\"\\\r\n€")]
    [Rfc("6749-4.1.2.1-6")]
    public async Task Hostile_input_never_reaches_the_description(string name)
    {
        foreach (var hostile in new[] { "\"\\\r\n", "é€\u0001", "<script>", "\u007f\u0085\u2028" })
        {
            foreach (var grant in new[] { "authorization_code", "refresh_token", "client_credentials", hostile })
            {
                foreach (var path in new[] { Token, Introspect, Revoke })
                {
                    var form = new Dictionary<string, string>
                    {
                        ["grant_type"] = grant,
                        ["code"] = "c",
                        ["refresh_token"] = "r",
                        ["client_id"] = "post",
                        ["client_secret"] = TestApp.WebSecret,
                        [name] = hostile,
                    };
                    foreach (var twice in new[] { Array.Empty<(string, string)>(), [(name, hostile)] })
                    {
                        var answer = await App.PostAsync(path, [.. form.Select(p => (p.Key, p.Value)), .. twice]);
                        answer.Status.Should().BeOneOf(200, 400, 401);
                        if (answer.Status == 200)
                            continue;
                        answer.Text("error").Should().MatchRegex("^[a-z_]+$");
                        answer.Text("error_description").Should().MatchRegex("^[\\x20-\\x21\\x23-\\x5B\\x5D-\\x7E]+$").And.NotContain("<");
                    }
                }
            }
        }
    }

    [TestCase(false, "http", "192.0.2.7", 400)]
    [TestCase(false, "http", "127.0.0.1", 200)]
    [TestCase(false, "https", "192.0.2.7", 200)]
    [TestCase(true, "http", "192.0.2.7", 200)]
    [Rfc("6749-1.6-1")]
    [Rfc("9700-4.13-1")]
    public async Task Plain_http_from_another_machine_is_refused_whatever_it_says_about_itself(
        bool allowed,
        string scheme,
        string peer,
        int status
    )
    {
        await using var app = await TestApp.StartAsync(o => o.AllowPlainHttpBehindProxy = allowed);
        var context = await app.Server.SendAsync(http =>
        {
            http.Request.Method = "POST";
            http.Request.Scheme = scheme;
            http.Request.Path = Token;
            http.Request.Headers["X-Forwarded-Proto"] = "https";
            http.Request.Headers.Authorization = machine;
            http.Request.ContentType = Form;
            http.Request.Body = new MemoryStream("grant_type=client_credentials"u8.ToArray());
            http.Connection.RemoteIpAddress = System.Net.IPAddress.Parse(peer);
        });

        context.Response.StatusCode.Should().Be(status);
        using var reader = new StreamReader(context.Response.Body);
        var body = JsonDocument.Parse(await reader.ReadToEndAsync()).RootElement;
        body.TryGetProperty("access_token", out _).Should().Be(status == 200);
        if (status != 400)
            return;
        body.GetProperty("error").GetString().Should().Be("invalid_request");
        app.Logs.Lines.Should().Contain(line => line.Contains(peer) && line.Contains("UseForwardedHeaders"));
    }

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
