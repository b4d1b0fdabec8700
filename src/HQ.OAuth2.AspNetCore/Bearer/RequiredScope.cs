namespace HQ.OAuth2;

/// <summary>The scope an endpoint needs, for its challenge.</summary>
internal sealed record RequiredScope(ScopeSet Scope);
