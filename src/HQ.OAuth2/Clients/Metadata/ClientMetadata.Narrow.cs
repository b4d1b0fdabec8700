namespace HQ.OAuth2;

public sealed partial record ClientMetadata
{
    // The log shows this many of the values that were left out.
    private const int MaxShown = 10;
    private const int MaxShownText = 100;

    /// <summary>
    /// Every method that the client can use, in its own order (OpenID Connect RP Metadata Choices 1.0 §2);
    /// <see cref="ClientMembers.TokenEndpointAuthMethod"/> is the one it prefers.
    /// </summary>
    internal IReadOnlyList<string>? TokenEndpointAuthMethodsSupported { get; init; }

    /// <summary>
    /// The members from which a value was left out, for the log; the values are included if they are names of the protocol. Empty unless a
    /// policy that narrows has checked the metadata.
    /// </summary>
    internal IReadOnlyList<string> LeftOut { get; init; } = [];

    // RFC 7591 §3.2.1: values that this server does not have are left out or replaced, and the answer says what is registered. If no usable
    // value of a member is left, the member stays as it was sent: the check that follows refuses it by name. Redirect URIs are never narrowed.
    private ClientMetadata Narrowed(ClientPolicy policy)
    {
        // Texts follow the rules of the table.
        var kept = Texts.Aggregate(this, (m, text) => text.Set(m, text.Kept(m))) with
        {
            TokenEndpointAuthMethod = BestMethod(policy),
            GrantTypes = GrantTypes!.Any(policy.AllowsGrantType) ? [.. GrantTypes!.Where(policy.AllowsGrantType)] : GrantTypes,
            // §2.1: response types follow from the grant types.
            ResponseTypes = null,
            Scope = Words(Scope).Where(policy.Scopes.Contains).ToList() is { Count: > 0 } known ? string.Join(' ', known) : null,
            Contacts = Contacts is { } contacts ? [.. contacts.Where(IsPlainText).Take(MaxItems)] : null,
        };
        return kept with { LeftOut = [.. Differences(this, kept)] };
    }

    // RP Metadata Choices §2: the preferred method if the server has it, else the first of the client's other methods that it has. A method that
    // needs keys is none for a client without.
    private string BestMethod(ClientPolicy policy) =>
        (TokenEndpointAuthMethodsSupported ?? [])
            .Take(MaxItems)
            .Prepend(TokenEndpointAuthMethod!)
            .FirstOrDefault(m => policy.AllowsMethod(m) && (m != OAuthClientAuthenticationMethods.PrivateKeyJwt || HasKeys))
        ?? TokenEndpointAuthMethod!;

    // Users read this text: remove characters that reverse, hide or forge the text around it, and cut it to its maximum length.
    private static string? Cleaned(string name)
    {
        if (IsPlainText(name))
            return name;
        var text = DisplayName.Cut(string.Concat(name.Where(c => !IsDeceptive(c))), MaxText);
        return text.Length > 0 ? text : null;
    }

    // The log shows no values of free texts: a link or a contact may contain personal data.
    private static IEnumerable<string> Differences(ClientMetadata sent, ClientMetadata kept)
    {
        (string Member, IEnumerable<string> Values)[] names =
        [
            ("token_endpoint_auth_method", new[] { sent.TokenEndpointAuthMethod! }.Except([kept.TokenEndpointAuthMethod!])),
            ("grant_types", sent.GrantTypes!.Except(kept.GrantTypes!)),
            ("response_types", (sent.ResponseTypes ?? []).Except(kept.FittingResponseTypes)),
            ("scope", Words(sent.Scope).Except(Words(kept.Scope))),
        ];
        foreach (var (member, values) in names)
        {
            var shown = values.Take(MaxShown).Select(Shown).ToList();
            if (shown.Count > 0)
                yield return $"{member} ({string.Join(' ', shown)})";
        }

        // The members with a rule of their own are compared above.
        foreach (var text in Texts.Where(t => t.Rule != own && t.Get(sent) != t.Get(kept)))
            yield return text.Name;
        if (sent.Contacts?.Count != kept.Contacts?.Count)
            yield return "contacts";
    }

    private static string Shown(string value) => value.Length > MaxShownText ? value[..MaxShownText] : value;

    private static string[] Words(string? scope) => scope?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
}
