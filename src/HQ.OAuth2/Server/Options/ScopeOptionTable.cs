namespace HQ.OAuth2;

internal static class ScopeOptionTable
{
    public static readonly OptionTable<ScopeOptions> Rows = new OptionTable<ScopeOptions>()
        .Text(
            "name",
            o => o.Name,
            (o, v) => o.Name = v,
            OptionRules.Text(ScopeSet.IsToken, "is no scope token: use printable ASCII without space, quote and backslash")
        )
        .Text("description", o => o.Description, (o, v) => o.Description = v)
        .Bool("destructive", o => o.Destructive, (o, v) => o.Destructive = v)
        .Bool("default", o => o.Default, (o, v) => o.Default = v);
}
