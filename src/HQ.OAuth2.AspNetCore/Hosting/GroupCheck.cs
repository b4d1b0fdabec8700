using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace HQ.OAuth2;

/// <summary>Builds the endpoints before the host starts if they were mapped in a group, so that a wrong prefix stops the start.</summary>
internal sealed class GroupCheck : IStartupFilter
{
    private bool isNeeded;

    public void Note(IEndpointRouteBuilder endpoints) => isNeeded |= endpoints is RouteGroupBuilder;

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
        app =>
        {
            next(app);
            if (isNeeded)
                _ = app.ApplicationServices.GetRequiredService<EndpointDataSource>().Endpoints;
        };
}
