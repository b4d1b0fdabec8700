using HQ.OAuth2.Tests;

namespace HQ.OAuth2;

/// <summary>Codes and refresh tokens that are bound to a key of the client (RFC 9449 §5, §10).</summary>
internal sealed class KeyBoundTests
{
    private const string Key = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    private const string Other = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

    [Test, Rfc("9449-10-1")]
    public void A_code_that_is_bound_to_a_key_is_redeemed_by_that_key_only_and_burnt_by_no_other()
    {
        var (row, code) = Bound();

        Redeem(row, code, key: null).ShouldRefuse(OAuthError.InvalidCode);
        Redeem(row, code, Other).ShouldRefuse(OAuthError.InvalidCode);
        var redeemed = Redeem(row, code, Key).ShouldSwap(row).Authorization;

        // A second redemption ends the authorization, but not by somebody without the key.
        Redeem(redeemed, code, key: null).ShouldRefuse(OAuthError.InvalidCode);
        Redeem(redeemed, code, Other).ShouldRefuse(OAuthError.InvalidCode);
        Redeem(redeemed, code, Key).ShouldEnd(OAuthError.InvalidCode);
    }

    [Test]
    public void A_code_without_a_key_is_redeemed_with_and_without_a_proof()
    {
        var (row, code) = Given.Authorization();

        Redeem(row, code, key: null).ShouldSwap(row).Authorization.Refresh!.Key.Should().BeNull();
        Redeem(row, code, Key).ShouldSwap(row).Authorization.Refresh!.Key.Should().Be(new ChainKey(Key, 1));
    }

    [Test, Rfc("9449-5-3")]
    public void A_stolen_refresh_token_of_a_public_client_gets_nothing_without_the_key_and_ends_nothing()
    {
        var (row, token) = Active(Key);
        var next = Rotate(row, token, at: 60, Key).ShouldSwap(row);
        var (rotated, live) = (next.Authorization, next.RefreshToken!.Value);

        // Live, spent within the leeway, spent long ago: by nobody without the key.
        foreach (var (held, at) in new[] { (live, 61.0), (token, 61.0), (token, 600.0), (live with { Turn = 9 }, 61.0) })
        {
            Rotate(rotated, held, at, key: null).ShouldRefuse(OAuthError.ProofMissing);
            Rotate(rotated, held, at, Other).ShouldRefuse(OAuthError.InvalidRefreshToken);
        }

        // The client itself: the retry within the leeway stays, and so does the replay after it.
        Rotate(rotated, token, at: 70, Key).ShouldKeep(rotated).RefreshToken!.Value.ToWire().Should().Be(live.ToWire());
        Rotate(rotated, live, at: 70, Key).ShouldSwap(rotated).Authorization.Refresh!.Key.Should().Be(new ChainKey(Key, 1));
        Rotate(rotated, token, at: 600, Key).ShouldEnd(OAuthError.InvalidRefreshToken);
    }

    [Test, Rfc("9449-5-4")]
    public void A_refresh_token_of_a_confidential_client_is_bound_to_the_client_and_to_no_key()
    {
        var client = Given.Client(type: ClientType.Confidential);
        var (row, token) = Active(Key, client);

        row.Refresh!.Key.Should().BeNull();
        Rotate(row, token, at: 60, Other, client).ShouldSwap(row).Authorization.Refresh!.Key.Should().BeNull();
        Rotate(row, token, at: 60, key: null, client).ShouldSwap(row);
    }

    [Test, Rfc("9449-5-3")]
    public void A_public_client_that_begins_to_prove_a_key_gets_bound_tokens_from_then_on()
    {
        var (row, token) = Active(key: null);
        var next = Rotate(row, token, at: 60, Key).ShouldSwap(row);
        var (rotated, live) = (next.Authorization, next.RefreshToken!.Value);

        rotated.Refresh!.Key.Should().Be(new ChainKey(Key, 2));
        Rotate(rotated, live, at: 61, key: null).ShouldRefuse(OAuthError.ProofMissing);
        Rotate(rotated, live, at: 61, Key).ShouldSwap(rotated);
    }

    [Test]
    public void A_thief_who_refreshes_with_a_key_of_his_own_is_still_revealed_by_the_client()
    {
        var (row, token) = Active(key: null);
        var stolen = Rotate(row, token, at: 60, Other).ShouldSwap(row).Authorization;

        // The client has no key. Its token was issued without one, so it counts as before: a retry, then a replay.
        Rotate(stolen, token, at: 61, key: null).ShouldKeep(stolen);
        Rotate(stolen, token, at: 600, key: null).ShouldEnd(OAuthError.InvalidRefreshToken);
    }

    [Test]
    public void The_key_is_asked_before_what_the_request_asks()
    {
        var (row, token) = Active(Key);

        row.Rotate(token, at: 60, scope: "delete").ShouldRefuse(OAuthError.ProofMissing);
        // And the client before the key.
        row.Rotate(token, at: 60, client: Given.Client("another")).ShouldRefuse(OAuthError.InvalidRefreshToken);
    }

    [Test]
    public void A_resource_that_demands_bound_tokens_gets_no_other_and_a_spent_code_is_still_a_replay()
    {
        var resources = Given.Resources(
            Given.Options(o => o.Resources.Add(new() { Identifier = "https://auth.example.com", RequireDpop = true }))
        );
        var (row, code) = Given.Authorization();
        var first = RefreshToken.New(row.Id);

        row.Redeem(Given.Redemption(code), first, resources, Given.Lifetimes()).ShouldRefuse(OAuthError.ProofMissing);
        var redeemed = row.Redeem(Given.Redemption(code) with { Key = Key }, first, resources, Given.Lifetimes())
            .ShouldSwap(row)
            .Authorization;
        var confidential = redeemed with { Refresh = redeemed.Refresh! with { Key = null } };
        var refresh = Given.Refresh(first, TestClock.Start);
        confidential.Rotate(refresh, IssuedText.NewSecret(), resources, Given.Lifetimes()).ShouldRefuse(OAuthError.ProofMissing);
        confidential.Rotate(refresh with { Key = Key }, IssuedText.NewSecret(), resources, Given.Lifetimes()).ShouldSwap(confidential);
        redeemed.Redeem(Given.Redemption(code) with { Key = Key }, first, resources, Given.Lifetimes()).ShouldEnd(OAuthError.InvalidCode);
    }

    [Test]
    public void The_row_keeps_its_keys_and_an_old_row_has_none()
    {
        var (row, code) = Bound();
        var redeemed = Redeem(row, code, Key).ShouldSwap(row).Authorization;

        OAuthAuthorization.FromRecord(row.ToRecord()).Should().BeEquivalentTo(row);
        OAuthAuthorization.FromRecord(redeemed.ToRecord()).Should().BeEquivalentTo(redeemed);
        redeemed.ToRecord().Data.Should().Contain($"\"jkt\":\"{Key}\"");
        Given.Active().Row.ToRecord().Data.Should().NotContain("jkt");
    }

    private static (OAuthAuthorization Row, AuthorizationCode Code) Bound()
    {
        var (row, code) = Given.Authorization();
        return (row with { Code = row.Code with { Key = Key } }, code);
    }

    private static (OAuthAuthorization Row, RefreshToken Token) Active(string? key, Client? client = null)
    {
        var (row, code) = Given.Authorization(client);
        var token = RefreshToken.New(row.Id);
        return (row.Redeem(Given.Redemption(code, client) with { Key = key }, token).ShouldSwap(row).Authorization, token);
    }

    private static AuthorizationStep Redeem(OAuthAuthorization row, AuthorizationCode code, string? key) =>
        row.Redeem(Given.Redemption(code) with { Key = key }, RefreshToken.New(row.Id));

    private static AuthorizationStep Rotate(OAuthAuthorization row, RefreshToken token, double at, string? key, Client? client = null) =>
        row.Rotate(
            Given.Refresh(token, TestClock.Start.AddSeconds(at), client) with
            {
                Key = key,
            },
            IssuedText.NewSecret(),
            Given.Resources(),
            Given.Lifetimes()
        );
}
