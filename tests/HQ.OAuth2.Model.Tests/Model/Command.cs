namespace HQ.OAuth2.Model.Tests;

/// <summary>The scopes of the server, as a set.</summary>
[Flags]
internal enum Scopes
{
    None = 0,
    Read = 1,
    Write = 2,
    Delete = 4,
    All = Read | Write | Delete,
}

/// <summary>The organizations that there are, as a set. An authorization is for one of them, or for none.</summary>
[Flags]
internal enum Orgs
{
    None = 0,
    Acme = 1,
    Globex = 2,
    Both = Acme | Globex,
}

/// <summary>The resources that tokens may be for, as a set (RFC 8707). Where a request names none, it is the server itself.</summary>
[Flags]
internal enum Resources
{
    None = 0,
    Server = 1,
    Notes = 2,
    Files = 4,
    All = Server | Notes | Files,

    /// <summary>One that the server does not know.</summary>
    Unknown = 8,
}

/// <summary>How a client was registered.</summary>
internal enum ClientKind
{
    /// <summary>By an administrator, without a secret.</summary>
    Public,

    /// <summary>By an administrator, with a secret.</summary>
    Confidential,

    /// <summary>By itself, without a secret.</summary>
    SelfRegistered,
}

/// <summary>How a caller proves that it is the client which it names.</summary>
internal enum Proof
{
    /// <summary>By the newest secret; a public client by its id.</summary>
    Right,

    /// <summary>By the secret that the client had at first.</summary>
    First,

    /// <summary>By another secret.</summary>
    Wrong,

    /// <summary>By its id alone.</summary>
    None,
}

/// <summary>What a caller sends of PKCE.</summary>
internal enum Verifier
{
    Right,
    Wrong,
    None,
}

/// <summary>A token by the command that got it.</summary>
/// <param name="IsRefresh">Whether it is the refresh token of that answer, else the access token.</param>
/// <param name="Of">The number of the command.</param>
internal sealed record Token(bool IsRefresh, int Of)
{
    public string Name => (IsRefresh ? "REFRESH" : "ACCESS") + Of;
}

/// <summary>
/// Something that somebody does. Each command has a number, and names what earlier commands made by theirs, so that a list of commands keeps its
/// meaning when some are taken out. One that names what is not there does nothing.
/// </summary>
/// <param name="Id">Its number.</param>
/// <param name="Node">The node that it goes to.</param>
internal abstract record Command(int Id, int Node)
{
    public sealed record NewClient(int Id, int Node, ClientKind Kind) : Command(Id, Node);

    /// <summary>An administrator disables a client, or enables it again.</summary>
    public sealed record Disable(int Id, int Node, int Client, bool Disabled) : Command(Id, Node);

    public sealed record NewSecret(int Id, int Node, int Client, int OverlapSeconds) : Command(Id, Node);

    public sealed record DeleteClient(int Id, int Node, int Client) : Command(Id, Node);

    /// <summary>An administrator ends what users allowed a client.</summary>
    public sealed record RevokeClient(int Id, int Node, int Client) : Command(Id, Node);

    /// <summary>An administrator ends what a user allowed.</summary>
    public sealed record RevokeUser(int Id, int Node, int User) : Command(Id, Node);

    /// <summary>
    /// A user opens an authorization request, and answers if a page asks: <c>Ticked</c> is what is allowed of it, null = "Deny". <c>For</c> is the
    /// organization that the user posts, which may be one of others; none = what the page posts by itself.
    /// </summary>
    public sealed record Login(int Id, int Node, int Client, int User, Scopes Asked, Scopes? Ticked, Orgs For = Orgs.None)
        : Command(Id, Node)
    {
        public Resources Resources { get; init; }

        /// <summary>The organization that the user joins between the page and the answer; one of the user's own is left.</summary>
        public Orgs Meanwhile { get; init; }
    }

    public sealed record Redeem(int Id, int Node, int Code, int By, Proof Proof, Verifier Verifier, bool RightRedirect) : Command(Id, Node)
    {
        /// <summary>What the access token is to be for; none = all that is granted.</summary>
        public Resources Resources { get; init; }
    }

    /// <summary>A refresh; no scope, or no resource = all that is granted.</summary>
    public sealed record Refresh(int Id, int Node, int Token, int By, Proof Proof, Scopes Scope, Resources Resources = Resources.None)
        : Command(Id, Node);

    /// <summary>A client asks for a token of its own.</summary>
    public sealed record OwnToken(int Id, int Node, int By, Proof Proof, Scopes Scope, Resources Resources = Resources.None)
        : Command(Id, Node);

    /// <summary>A revocation; no client = that of personal access tokens, which everybody may name.</summary>
    public sealed record Revoke(int Id, int Node, Token Token, int? By, Proof Proof) : Command(Id, Node);

    /// <summary>An introspection; no client = the API that may introspect everything.</summary>
    public sealed record Introspect(int Id, int Node, Token Token, int? By, Proof Proof) : Command(Id, Node);

    /// <summary>A call of the API of a resource that needs a scope.</summary>
    public sealed record Call(int Id, int Node, int Token, Scopes Scope, Resources At = Resources.Server) : Command(Id, Node);

    public sealed record AskDevice(int Id, int Node, int By, Proof Proof, Scopes Scope, Resources Resources = Resources.None)
        : Command(Id, Node);

    /// <summary>A user enters the code of a device and answers: <c>Ticked</c> and <c>For</c> as at <see cref="Login"/>.</summary>
    public sealed record AnswerDevice(int Id, int Node, int Device, int User, Scopes? Ticked, Orgs For = Orgs.None) : Command(Id, Node);

    public sealed record Poll(int Id, int Node, int Device, int By, Proof Proof, Resources Resources = Resources.None) : Command(Id, Node);

    /// <summary>A user makes a personal access token for an organization, or for none.</summary>
    public sealed record NewPersonal(int Id, int Node, int User, Scopes Scope, int Seconds, Orgs For = Orgs.None) : Command(Id, Node)
    {
        public Resources Resources { get; init; }
    }

    /// <summary>A user leaves a connected app less scope, or fewer resources; no resource = those that it has.</summary>
    public sealed record Narrow(int Id, int Node, int Grant, int User, Scopes Scope, Resources Resources = Resources.None)
        : Command(Id, Node);

    public sealed record Pause(int Id, int Node, int Grant, int User, bool Paused) : Command(Id, Node);

    /// <summary>A user sets the end of a connected app, in seconds from now, or takes it away.</summary>
    public sealed record SetEnd(int Id, int Node, int Grant, int User, int? Seconds) : Command(Id, Node);

    public sealed record Disconnect(int Id, int Node, int Grant, int User) : Command(Id, Node);

    public sealed record DisconnectAll(int Id, int Node, int User) : Command(Id, Node);

    /// <summary>A user joins an organization, or leaves it.</summary>
    public sealed record Join(int Id, int Node, int User, Orgs Organization, bool IsMember) : Command(Id, Node);

    /// <summary>Time passes. Every node does what it does each minute.</summary>
    public sealed record Wait(int Id, int Node, int Seconds) : Command(Id, Node);

    /// <summary>The stores drop what has no effect any more.</summary>
    public sealed record Prune(int Id, int Node) : Command(Id, Node);

    /// <summary>Somebody reads the key set: the key of a token that has not expired is in it.</summary>
    public sealed record Keys(int Id, int Node, int Token) : Command(Id, Node);
}
