namespace HQ.OAuth2;

/// <summary>What becomes of scopes that a server does not have (RFC 6749 §3.3).</summary>
public enum UnknownScopes
{
    /// <summary>They are left out, and the answer names what was granted. A request with no other scope gets the default.</summary>
    LeaveOut,

    /// <summary>The request is refused with <c>invalid_scope</c>.</summary>
    Refuse,
}
