using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HQ.OAuth2;

/// <summary>
/// The endpoints that a host mapped for us, so that the start can check the policies of all its endpoints before a request comes.
/// </summary>
internal sealed class HostRoutes
{
    private readonly List<IEndpointRouteBuilder> builders = [];
    private readonly List<IEndpointRouteBuilder> managed = [];

    /// <summary>Whether the management of clients is mapped.</summary>
    public bool HasManagement => managed.Count > 0;

    /// <summary>The endpoints of the host, ours included. Endpoints of a group inside another group are not seen.</summary>
    public IEnumerable<Endpoint> Endpoints => Of(builders.Concat(managed));

    /// <summary>
    /// The management API, unless it is in a group of the host's: such a group gets its policy later, and each request checks it.
    /// </summary>
    public IEnumerable<Endpoint> ManagementEndpoints => Of(managed);

    public void Add(IEndpointRouteBuilder endpoints) => builders.Add(endpoints);

    public void AddManagement(IEndpointRouteBuilder endpoints) => managed.Add(endpoints);

    private static IEnumerable<Endpoint> Of(IEnumerable<IEndpointRouteBuilder> builders) =>
        builders.Where(b => b is not RouteGroupBuilder).SelectMany(b => b.DataSources).Distinct().SelectMany(s => s.Endpoints);
}
