using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HQ.OAuth2;

/// <summary>Where a host mapped our endpoints, so that a start can look at the policies of all its endpoints before anybody calls one.</summary>
internal sealed class HostRoutes
{
    private readonly List<IEndpointRouteBuilder> builders = [];
    private readonly List<IEndpointRouteBuilder> managed = [];

    /// <summary>Whether clients are to be managed at all.</summary>
    public bool HasManagement => managed.Count > 0;

    /// <summary>The host's endpoints, ours among them. Those of a group that is mapped in another group are not seen.</summary>
    public IEnumerable<Endpoint> Endpoints => Of(builders.Concat(managed));

    /// <summary>The management API where it is not in a group of the host's: such a group gets its policy later, and a call looks at it.</summary>
    public IEnumerable<Endpoint> ManagementEndpoints => Of(managed);

    public void Add(IEndpointRouteBuilder endpoints) => builders.Add(endpoints);

    public void AddManagement(IEndpointRouteBuilder endpoints) => managed.Add(endpoints);

    private static IEnumerable<Endpoint> Of(IEnumerable<IEndpointRouteBuilder> builders) =>
        builders.Where(b => b is not RouteGroupBuilder).SelectMany(b => b.DataSources).Distinct().SelectMany(s => s.Endpoints);
}
