using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HQ.OAuth2;

/// <summary>Where a host mapped our endpoints, so that a start can look at the policies of all its endpoints before anybody calls one.</summary>
internal sealed class HostRoutes
{
    private readonly List<IEndpointRouteBuilder> builders = [];

    /// <summary>Whether clients are to be managed at all.</summary>
    public bool HasManagement { get; set; }

    public void Add(IEndpointRouteBuilder endpoints) => builders.Add(endpoints);

    /// <summary>The host's endpoints, ours among them. Those of a group that is mapped in another group are not seen.</summary>
    public IEnumerable<Endpoint> Endpoints =>
        builders.Where(b => b is not RouteGroupBuilder).SelectMany(b => b.DataSources).Distinct().SelectMany(s => s.Endpoints);
}
