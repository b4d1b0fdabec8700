namespace HQ.OAuth2;

/// <summary>The answer of a row to a refresh token that carries its id.</summary>
internal enum TurnState
{
    /// <summary>The token is made up: the row has no chain, or its family is another one.</summary>
    Foreign,

    /// <summary>The family is right, but the chain has not had this turn yet, or the secret is not that of the live turn.</summary>
    Unknown,

    /// <summary>
    /// An earlier turn of the family. Its secret is not compared here: the row keeps the hash of a spent turn only while it is listed
    /// (see <see cref="OAuthAuthorization.Rotate"/>).
    /// </summary>
    Spent,

    /// <summary>The live turn, with its secret. The chain may have expired.</summary>
    Live,
}

internal sealed partial record OAuthAuthorization
{
    /// <summary>
    /// Recognises a refresh token: the live turn of this row, a spent one, or none of its own. Refresh, introspection and revocation all
    /// ask this. Neither the client nor the clock is part of the answer. Secrets are compared in fixed time.
    /// </summary>
    public TurnState Recognise(RefreshToken token)
    {
        if (Refresh is not { } chain || !IssuedText.Matches(token.Family, chain.FamilyHash))
            return TurnState.Foreign;
        if (token.Turn < chain.Turn)
            return TurnState.Spent;
        return token.Turn == chain.Turn && IssuedText.Matches(token.Secret, chain.Hash) ? TurnState.Live : TurnState.Unknown;
    }
}
