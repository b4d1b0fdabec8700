namespace HQ.OAuth2.Model.Tests;

// What an authorization reaches: the organization that its user acts for, and the resources that its tokens are for.
internal sealed partial class ServerModel
{
    private Orgs OrgsOf(int user) => Members.GetValueOrDefault(user);

    private static string NameOf(Orgs organization) => organization == Orgs.None ? "" : organization.ToString().ToLowerInvariant();

    // Who has organizations acts for one of them, who has none acts for none.
    private bool MayActFor(int user, Orgs organization) =>
        OrgsOf(user) == Orgs.None ? organization == Orgs.None : (OrgsOf(user) & organization) != 0;

    // What the answer to a page is for: the page of a user with one organization posts it, and one with several posts none by itself.
    private Orgs Answered(int user, Orgs posted) => posted == Orgs.None && OrgsOf(user) != Orgs.Both ? OrgsOf(user) : posted;

    // Whether the user still has the organization of a grant. A node asks once in half a minute; a no ends the grant.
    private bool IsStillMember(int node, int id)
    {
        var grant = Grants[id];
        if (grant.For == Orgs.None || rules.LeavingDoesNothing)
            return true;
        if (!Answers.TryGetValue((node, id), out var answer) || answer.Until <= Now)
        {
            answer = ((OrgsOf(grant.User) & grant.For) != 0, Now + 30);
            Answers = Answers.SetItem((node, id), answer);
        }

        if (!answer.IsMember)
            Grants = Grants.Remove(id);
        return answer.IsMember;
    }

    // The resources that a request is for; null = it names one that the server does not know.
    private static Resources? Named(Resources asked) =>
        asked == Resources.None ? Resources.Server
        : asked.HasFlag(Resources.Unknown) ? null
        : asked;

    // The part of a grant that a token request is for: all of it, unless it names some; null = it names one that was not granted.
    private Resources? Narrowed(Grant grant, Resources asked) =>
        (asked & ~grant.Resources) != 0 ? null
        : asked == Resources.None || rules.TokensAreForAllThatIsGranted ? grant.Resources
        : asked;
}
