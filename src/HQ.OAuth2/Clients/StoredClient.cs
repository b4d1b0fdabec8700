namespace HQ.OAuth2;

/// <summary>
/// Checks a client that a store returned. Hosts write stores: neither the compiler's null checks nor our own registration rules are guaranteed
/// for its clients.
/// </summary>
internal static class StoredClient
{
    /// <summary>The member that makes a client of a store unusable, by its name in RFC 7591 where it has one; null when it is usable.</summary>
    public static string? UnusableMember(Client client, string askedFor)
    {
        if (client.ClientId != askedFor)
            return "client_id";
        if (string.IsNullOrEmpty(client.TokenEndpointAuthMethod))
            return "token_endpoint_auth_method";
        if (client.Secrets is null || client.Secrets.Any(s => s?.Hash is null))
            return "secrets";
        if (!Enum.IsDefined(client.Provenance))
            return "provenance";
        (string Member, IReadOnlyList<string>? Texts)[] lists =
        [
            ("redirect_uris", client.RedirectUris),
            ("grant_types", client.GrantTypes),
            ("introspects", client.Introspects),
            ("contacts", client.Contacts),
        ];
        return Array.Find(lists, l => l.Texts is null || l.Texts.Any(t => t is null)).Member;
    }
}
