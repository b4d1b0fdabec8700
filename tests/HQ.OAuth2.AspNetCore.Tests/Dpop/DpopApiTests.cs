using HQ.OAuth2.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using static HQ.OAuth2.AspNetCore.Tests.DpopApp;

namespace HQ.OAuth2.AspNetCore.Tests;

/// <summary>DPoP at an API in the server's process (RFC 9449 §7).</summary>
internal sealed class DpopApiTests
{
    private static readonly ProofKey key = ProofKey.New();
    private TestApp app = null!;
    private string token = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        app = await TestApp.StartAsync();
        token = (await app.BoundTokensAsync(key)).AccessToken();
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await app.DisposeAsync();

    [Test, Rfc("9449-7.1-1")]
    public async Task A_bound_token_with_a_proof_is_accepted()
    {
        var answer = await app.CallAsync(key, token);

        (answer.Status, answer.Body).Should().Be((200, "alice"));
        (await app.CallAsync("dpop", token, [key.Proof("GET", ReadUrl, app.Clock.Now, token)])).Status.Should().Be(200);
    }

    // Duende CVE-2024-49755: a handler that did not look at the binding.
    [Test, Rfc("9449-7.2-1")]
    public async Task A_bound_token_is_no_bearer_token()
    {
        foreach (var proofs in new string[][] { [], [key.Proof("GET", ReadUrl, app.Clock.Now, token)] })
        {
            var answer = await app.CallAsync("Bearer", token, proofs);
            answer.ShouldRefuse(401, "invalid_token");
            answer
                .Header("WWW-Authenticate")
                .Should()
                .StartWith("Bearer ")
                .And.Contain("error=\"invalid_token\"")
                .And.EndWith("DPoP algs=\"ES256 RS256 PS256\"");
        }
    }

    [Test, Rfc("9449-7.1-1")]
    public async Task A_bearer_token_is_no_token_of_the_scheme()
    {
        var bearer = (await app.TokensAsync("spa")).AccessToken();

        (await app.CallAsync("DPoP", bearer, [key.Proof("GET", ReadUrl, app.Clock.Now, bearer)])).ShouldRefuse(401, "invalid_token");
        (await app.CallAsync("Bearer", bearer, [])).Status.Should().Be(200);
    }

    [Test, Rfc("9449-7.1-1")]
    public async Task Each_wrong_proof_is_refused()
    {
        var other = (await app.BoundTokensAsync(key)).AccessToken();
        string[][] wrong =
        [
            [],
            [""],
            ["garbage"],
            [key.Proof("GET", ReadUrl, app.Clock.Now)],
            [key.Proof("GET", ReadUrl, app.Clock.Now, other)],
            [key.Proof("POST", ReadUrl, app.Clock.Now, token)],
            [key.Proof("GET", TestApp.Issuer + "/api/write", app.Clock.Now, token)],
            [key.Proof("GET", "https://evil.example/api/read", app.Clock.Now, token)],
            [key.Proof("GET", ReadUrl, app.Clock.Now.AddMinutes(-2), token)],
            [ProofKey.New().Proof("GET", ReadUrl, app.Clock.Now, token)],
            [ProofKey.New().Proof("GET", ReadUrl, app.Clock.Now, token, header: h => h["jwk"] = key.Jwk.DeepClone())],
            [key.Proof("GET", ReadUrl, app.Clock.Now, token), key.Proof("GET", ReadUrl, app.Clock.Now, token)],
        ];

        foreach (var proofs in wrong)
        {
            var answer = await app.CallAsync("DPoP", token, proofs);
            answer.ShouldRefuse(401, "invalid_dpop_proof");
            answer.Header("WWW-Authenticate").Should().StartWith("DPoP ").And.Contain("error=\"invalid_dpop_proof\"");
        }
    }

    [Test, Rfc("9449-4.3-10")]
    public async Task A_proof_is_accepted_once()
    {
        var proof = key.Proof("GET", ReadUrl, app.Clock.Now, token);

        (await app.CallAsync("DPoP", token, [proof])).Status.Should().Be(200);
        (await app.CallAsync("DPoP", token, [proof])).ShouldRefuse(401, "invalid_dpop_proof");
    }

    [Test, Rfc("9449-7.1-2")]
    public async Task A_request_without_a_token_learns_both_schemes()
    {
        var answer = await app.GetAsync("/api/read");

        answer.Status.Should().Be(401);
        answer.Headers.NonValidated["WWW-Authenticate"].Should().HaveCount(2);
        answer.Header("WWW-Authenticate").Should().StartWith("Bearer realm=").And.EndWith(", DPoP algs=\"ES256 RS256 PS256\"");
    }

    [Test]
    public async Task A_bound_token_with_too_little_scope_is_told_so_by_its_scheme()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/write");
        var narrow = (await app.BoundTokensAsync(key, "spa", ("scope", "read"))).AccessToken();
        request.Headers.TryAddWithoutValidation("Authorization", "DPoP " + narrow);
        request.Headers.TryAddWithoutValidation("DPoP", key.Proof("POST", TestApp.Issuer + "/api/write", app.Clock.Now, narrow));

        var answer = await app.SendAsync(request);

        answer.ShouldRefuse(403, "insufficient_scope");
        answer
            .Headers.NonValidated["WWW-Authenticate"]
            .Should()
            .ContainSingle()
            .Which.Should()
            .StartWith("DPoP ")
            .And.Contain("scope=\"write\"");
    }

    [Test]
    public async Task A_strangers_token_costs_no_verification()
    {
        var proofs = app.Services.GetRequiredService<ApiProofs>();
        var before = proofs.Verifications;

        (await app.CallAsync("DPoP", "made.up.token", [key.Proof("GET", ReadUrl, app.Clock.Now, "made.up.token")])).ShouldRefuse(
            401,
            "invalid_token"
        );
        (await app.CallAsync("DPoP", token, [ProofKey.New().Proof("GET", ReadUrl, app.Clock.Now, token)])).ShouldRefuse(
            401,
            "invalid_dpop_proof"
        );

        proofs.Verifications.Should().Be(before);
    }

    [Test]
    public async Task No_proof_is_logged()
    {
        var (right, wrong) = (key.Proof("GET", ReadUrl, app.Clock.Now, token), key.Proof("PUT", ReadUrl, app.Clock.Now, token));

        await app.CallAsync("DPoP", token, [right]);
        await app.CallAsync("DPoP", token, [wrong]);

        app.Logs.Lines.Should().NotContain(l => l.Contains(right.Split('.')[2]) || l.Contains(wrong.Split('.')[1]));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task An_api_that_demands_bound_tokens_refuses_bearer_tokens(bool byResource)
    {
        await using var strict = await TestApp.StartAsync(
            o =>
            {
                if (byResource)
                    o.Resources.Add(new() { Identifier = TestApp.Issuer, RequireDpop = true });
            },
            host: builder =>
            {
                if (!byResource)
                    builder.Services.Configure<HqOAuth2BearerOptions>(
                        HqOAuth2BearerDefaults.AuthenticationScheme,
                        o => o.RequireDpop = true
                    );
            }
        );

        var none = await strict.GetAsync("/api/read");
        none.Status.Should().Be(401);
        none.Headers.NonValidated["WWW-Authenticate"].Should().ContainSingle().Which.Should().StartWith("DPoP realm=").And.Contain("algs=");
        (await strict.CallAsync(key, (await strict.BoundTokensAsync(key)).AccessToken())).Status.Should().Be(200);
        (await strict.GetAsync("/.well-known/oauth-protected-resource"))
            .Json.GetProperty("dpop_bound_access_tokens_required")
            .GetBoolean()
            .Should()
            .BeTrue();
        if (!byResource)
            (await strict.CallAsync("Bearer", (await strict.TokensAsync("spa")).AccessToken(), [])).ShouldRefuse(401, "invalid_token");
    }

    // The proof of a request to somebody else's host is worth nothing here, whatever Host header it is relayed with.
    [Test, Rfc("9449-4.3-7")]
    public async Task The_address_is_that_of_the_configuration_and_not_of_the_host_header()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/read");
        request.Headers.Host = "evil.example";
        request.Headers.TryAddWithoutValidation("Authorization", "DPoP " + token);
        request.Headers.TryAddWithoutValidation("DPoP", key.Proof("GET", "https://evil.example/api/read", app.Clock.Now, token));

        (await app.SendAsync(request)).ShouldRefuse(401, "invalid_dpop_proof");
    }

    [Test, Rfc("9449-4.3-7")]
    public async Task The_address_is_the_public_one_behind_a_proxy_that_removes_a_prefix()
    {
        await using var behind = await TestApp.StartAsync(host: builder =>
            builder.Services.Configure<HqOAuth2BearerOptions>(
                HqOAuth2BearerDefaults.AuthenticationScheme,
                o => o.PublicUrl = "https://public.example/notes"
            )
        );
        var own = (await behind.BoundTokensAsync(key)).AccessToken();

        (await behind.CallAsync("DPoP", own, [key.Proof("GET", "https://public.example/notes/api/read", behind.Clock.Now, own)]))
            .Status.Should()
            .Be(200);
        (await behind.CallAsync("DPoP", own, [key.Proof("GET", ReadUrl, behind.Clock.Now, own)])).ShouldRefuse(401, "invalid_dpop_proof");
    }

    [Test, Rfc("9449-4.3-7")]
    public async Task The_address_has_the_path_base_and_the_path_as_it_was_sent()
    {
        await using var below = await TestApp.StartAsync(
            map: app =>
            {
                app.MapGet("/api/{name}", (string name) => name).RequireScope("read");
            },
            host: builder => builder.Services.AddSingleton<Microsoft.AspNetCore.Hosting.IStartupFilter>(new Based())
        );
        var own = (await below.BoundTokensAsync(key)).AccessToken();

        foreach (var path in new[] { "/base/api/read", "/base/api/a%20b", "/base/api/a%2Fb", "/base/api/%C3%A9", "/api/it's" })
        {
            var proof = key.Proof("GET", TestApp.Issuer + path, below.Clock.Now, own);
            (await below.CallAsync("DPoP", own, [proof], path + "?x=y")).Status.Should().Be(200, path);
        }
    }

    private sealed class Based : Microsoft.AspNetCore.Hosting.IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.UsePathBase("/base");
                next(app);
            };
    }
}
