using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

internal sealed class OAuthErrorTests
{
    private const string Hostile = "a\"b\\c\r\nd\0é€\ud83d\ude00\u202e\u007f<script>";

    [Test, Rfc("6749-4.1.2.1-6")]
    public void Every_error_has_only_the_characters_that_the_standard_allows()
    {
        var all = ErrorCatalogue.All(Hostile);

        all.Should().HaveCountGreaterThan(40);
        foreach (var error in all)
        {
            error.Code.Should().MatchRegex(@"^[\x20-\x21\x23-\x5B\x5D-\x7E]+$");
            error.Description.Should().MatchRegex(@"^[\x20-\x21\x23-\x5B\x5D-\x7E]+$");
            error.Status.Should().BeOneOf(400, 401, 403, 404, 405, 409, 412, 413, 415, 429, 500, 503);
        }
    }

    [Test]
    public void Every_error_has_an_id_of_its_own() => ErrorCatalogue.All(Hostile).Select(e => e.Id).Should().OnlyHaveUniqueItems();

    [TestCase("https://docs.example.com/errors/", "https://docs.example.com/errors/HQ1019")]
    [TestCase("https://docs.example.com/errors#", "https://docs.example.com/errors#hq1019")]
    [TestCase(null, null)]
    public void An_error_is_explained_on_a_page_or_at_an_anchor(string? place, string? uri) =>
        OAuthError.InvalidCode.Explanation(new(Explains: false, place)).Should().Be(uri);

    [Test]
    public void An_explanation_has_only_the_characters_that_the_standard_allows()
    {
        var error = OAuthError.InvalidCode.Because(Hostile);

        error.Describe(new(Explains: true, Uri: null)).Should().MatchRegex(@"^[\x20-\x21\x23-\x5B\x5D-\x7E]+$");
        error.Describe(new(Explains: false, Uri: null)).Should().Be(error.Description);
    }

    [TestCase(false, null, "The code is unknown")]
    [TestCase(false, "it expired", "The code is unknown")]
    [TestCase(true, null, "The code is unknown (HQ1000)")]
    [TestCase(true, "it expired", "The code is unknown (HQ1000: it expired)")]
    public void In_Development_the_wire_tells_the_id_and_the_reason_if_there_is_one(bool explains, string? reason, string text)
    {
        var error = OAuthError.Extension("invalid_grant", "The code is unknown");

        (reason is null ? error : error.Because(reason)).Describe(new(explains, Uri: null)).Should().Be(text);
    }

    [Test]
    public void A_text_of_allowed_characters_is_taken_as_it_is_up_to_a_thousand_of_them()
    {
        var allowed = string.Concat(Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c is not ('"' or '\\')));
        var longest = new string('a', 1000);

        OAuthError.Clean(allowed).Should().Be(allowed).And.StartWith(" !#").And.EndWith("}~");
        OAuthError.Clean(longest).Should().BeSameAs(longest);
        OAuthError.Clean(longest + "b").Should().Be(longest);
        OAuthError.Clean(longest[1..] + "\n").Should().Be(longest[1..] + "?");
        OAuthError.Clean("\"\\\u001f\u007f").Should().Be("????");
    }

    [Test]
    public void What_is_put_into_a_description_stays_readable()
    {
        OAuthError.MissingParameter("code").Description.Should().Be("The parameter code is missing.");
        OAuthError.RepeatedParameter("a\"b").Description.Should().Be("The parameter a?b appears more than once.");
    }

    [Test]
    public void A_failed_client_authentication_is_401()
    {
        OAuthError.InvalidClient.Status.Should().Be(401);
    }

    [Test]
    public void A_reason_never_becomes_a_description()
    {
        var error = OAuthError.InvalidCode.Because("the code expired");

        error.Description.Should().Be(OAuthError.InvalidCode.Description);
        error.Reason.Should().Be("the code expired");
        OAuthError.InvalidCode.Reason.Should().BeNull();
    }

    [Test]
    public void A_store_that_cannot_be_reached_is_no_bug_of_ours_and_no_error_of_the_client()
    {
        OAuthError.From(new TimeoutException()).Should().Be(OAuthError.TemporarilyUnavailable);
        OAuthError.From(new IOException()).Should().Be(OAuthError.TemporarilyUnavailable);
        OAuthError.From(new System.Net.Sockets.SocketException()).Should().Be(OAuthError.TemporarilyUnavailable);
        OAuthError.From(new InvalidOperationException("secret text")).Should().Be(OAuthError.ServerError);
        OAuthError.TemporarilyUnavailable.Status.Should().Be(503);
    }

    [TestCaseSource(nameof(Unreachable))]
    public void A_driver_error_is_recognised_however_it_is_wrapped(Exception cause)
    {
        OAuthError.From(cause).Should().Be(OAuthError.TemporarilyUnavailable);
        OAuthError.From(new InvalidOperationException("transient", cause)).Should().Be(OAuthError.TemporarilyUnavailable);
        OAuthError
            .From(new InvalidOperationException("retries are used up", new NotSupportedException("a mapper's", cause)))
            .Should()
            .Be(OAuthError.TemporarilyUnavailable);
        OAuthError.From(new AggregateException(cause)).Should().Be(OAuthError.TemporarilyUnavailable);
    }

    [Test]
    public void A_bug_stays_a_bug_however_it_is_wrapped() =>
        OAuthError
            .From(new InvalidOperationException("a", new NotSupportedException("b", new ArgumentException("c"))))
            .Should()
            .Be(OAuthError.ServerError);

    private static IEnumerable<Exception> Unreachable() =>
        [
            new DriverException(),
            new TimeoutException(),
            new IOException(),
            new System.Net.Sockets.SocketException(),
            new OperationCanceledException(),
            new TaskCanceledException(),
        ];

    [Test]
    public void Records_that_carry_secrets_do_not_print_them()
    {
        var (row, code) = Given.Authorization();
        var token = RefreshToken.New(row.Id);
        var redemption = Given.Redemption(code);
        var grant = row.Redeem(redemption, token).ShouldSwap(row);
        var registered = new RegisteredClient(Given.Client(), "the-secret");
        object[] carriers =
        [
            code,
            token,
            redemption,
            Given.Refresh(token, TestClock.Start),
            grant,
            row.Redeem(redemption, token),
            registered,
            RegistrationResponse.Of(
                registered.With(Given.Client() with { Secrets = [ClientSecrets.Keep("x", 4)] }),
                new ServerSettings(Given.Options()).Issuer
            ),
            new TokenResponse
            {
                AccessToken = "the-secret",
                RefreshToken = token.ToWire(),
                ExpiresIn = 1,
                Scope = "read",
            },
            new OAuthRequest { Parameters = OAuthParameters.Of(("client_secret", "the-secret")), Authorization = ["Basic the-secret"] },
            new TokenRequest(Given.Client(), OAuthParameters.Of(("code", code.ToWire())), TestClock.Start),
        ];

        var secrets = new[] { code.Secret, token.Family, token.Secret }
            .Select(s => System.Buffers.Text.Base64Url.EncodeToString(s))
            .Append("the-secret")
            .Append(Given.Verifier)
            .ToList();
        foreach (var carrier in carriers)
            secrets.Should().NotContain(s => carrier.ToString()!.Contains(s), carrier.GetType().Name);
    }

    private sealed class DriverException : System.Data.Common.DbException;
}
