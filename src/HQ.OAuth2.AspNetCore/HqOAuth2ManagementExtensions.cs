using HQ.OAuth2;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the management of clients.</summary>
public static class HqOAuth2ManagementExtensions
{
    /// <summary>
    /// Maps the management API below <c>/api/v0/oauth2</c>: it registers, lists, reads, changes and removes clients, gives them new secrets, and
    /// ends authorizations of a client or a user. It refuses every request until the host adds a policy to it, and the host does not start
    /// without one.
    /// </summary>
    /// <returns>The group of the endpoints: call <c>RequireAuthorization("admin")</c> on it.</returns>
    /// <exception cref="InvalidOperationException"><c>AddHqOAuth2</c> was not called.</exception>
    public static RouteGroupBuilder MapHqOAuth2Management(this IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var routes =
            services.GetService<HostRoutes>()
            ?? throw new InvalidOperationException(
                "MapHqOAuth2Management needs the services of the server: call builder.Services.AddHqOAuth2(...) first."
            );
        var settings = services.GetRequiredService<ServerSettings>();
        if (!settings.Options.Enabled)
            return endpoints.MapGroup("");
        routes.AddManagement(endpoints);
        var all = endpoints.MapGroup("").WithTags("OAuth2 management").WithMetadata(new ServerEndpoint(), new ManagementEndpoint());
        all.AddEndpointFilter<RouteGroupBuilder, ManagementGuard>();
        var issuer = settings.Issuer;
        foreach (var route in IssuerRoute.Of(issuer, issuer.ManagementPath))
        {
            var group = all.MapGroup(route.Pattern);
            ((IEndpointConventionBuilder)group).Add(route.PlaceOrLeave);
            Map(group);
            // An API description shows each endpoint once.
            if (!route.IsWhole)
                group.ExcludeFromDescription();
        }

        return all;
    }

    private static void Map(RouteGroupBuilder group)
    {
        group
            .MapGet(
                "/apps",
                (HttpContext http, ClientRegistrar clients, string? org, string? provenance, string? limit, string? after) =>
                    ManagementHandlers.ListAsync(http, clients, org, provenance)
            )
            .WithSummary("Lists clients")
            .Produces<ClientsResponse>()
            .ProducesProblems(StatusCodes.Status400BadRequest);
        group
            .MapPost("/apps", (HttpContext http, ClientRegistrar clients) => ManagementHandlers.CreateAsync(http, clients))
            .WithSummary("Registers a client; its secret is in this answer only")
            .Accepts<ClientBody>("application/json")
            .Produces<ClientResponse>(StatusCodes.Status201Created)
            .ProducesProblems(StatusCodes.Status400BadRequest);
        group
            .MapGet(
                "/apps/{client_id}",
                (HttpContext http, ClientRegistrar clients, [FromRoute(Name = "client_id")] string clientId) =>
                    ManagementHandlers.ReadAsync(http, clients, clientId)
            )
            .WithSummary("Reads a client")
            .Produces<ClientResponse>()
            .ProducesProblems(StatusCodes.Status404NotFound);
        group
            .MapPut(
                "/apps/{client_id}",
                (HttpContext http, ClientRegistrar clients, [FromRoute(Name = "client_id")] string clientId) =>
                    ManagementHandlers.UpdateAsync(http, clients, clientId)
            )
            .WithSummary("Replaces a client's metadata and settings; what is absent gets its default")
            .Accepts<ClientBody>("application/json")
            .Produces<ClientResponse>()
            .ProducesProblems(
                StatusCodes.Status400BadRequest,
                StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict,
                StatusCodes.Status412PreconditionFailed
            );
        group
            .MapDelete(
                "/apps/{client_id}",
                (HttpContext http, ClientRegistrar clients, [FromRoute(Name = "client_id")] string clientId) =>
                    ManagementHandlers.DeleteAsync(http, clients, clientId)
            )
            .WithSummary("Removes a client and everything that users allowed it")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status412PreconditionFailed);
        group
            .MapPost(
                "/apps/{client_id}/secret",
                (HttpContext http, ClientRegistrar clients, [FromRoute(Name = "client_id")] string clientId) =>
                    ManagementHandlers.RotateSecretAsync(http, clients, clientId)
            )
            .WithSummary("Gives a client a new secret, in this answer only; the earlier ones end after the overlap")
            .Accepts<RotationBody>(isOptional: true, "application/json")
            .Produces<ClientResponse>()
            .ProducesProblems(
                StatusCodes.Status400BadRequest,
                StatusCodes.Status404NotFound,
                StatusCodes.Status409Conflict,
                StatusCodes.Status412PreconditionFailed
            );
        group
            .MapDelete(
                "/apps/{client_id}/authorizations",
                (HttpContext http, ConnectedApps apps, [FromRoute(Name = "client_id")] string clientId) =>
                    ManagementHandlers.RevokeForClientAsync(http, apps, clientId)
            )
            .WithSummary("Ends everything that users allowed a client")
            .Produces<RevokedResponse>();
        group
            .MapGet(
                "/authorizations",
                (
                    HttpContext http,
                    ConnectedApps apps,
                    string? subject,
                    [FromQuery(Name = "client_id")] string? clientId,
                    string? limit,
                    string? after
                ) => ManagementHandlers.ListAuthorizationsAsync(http, apps, subject, clientId)
            )
            .WithSummary("Lists what a user allowed, or what was allowed a client")
            .Produces<ConnectedAppsResponse>()
            .ProducesProblems(StatusCodes.Status400BadRequest);
        group
            .MapDelete(
                "/authorizations",
                (HttpContext http, ConnectedApps apps, string? subject) => ManagementHandlers.RevokeForSubjectAsync(http, apps, subject)
            )
            .WithSummary("Ends everything that a user allowed")
            .Produces<RevokedResponse>()
            .ProducesProblems(StatusCodes.Status400BadRequest);

        MapOtherMethods("/apps", HttpMethods.Get, HttpMethods.Post);
        MapOtherMethods("/apps/{client_id}", HttpMethods.Get, HttpMethods.Put, HttpMethods.Delete);
        MapOtherMethods("/apps/{client_id}/secret", HttpMethods.Post);
        MapOtherMethods("/apps/{client_id}/authorizations", HttpMethods.Delete);
        MapOtherMethods("/authorizations", HttpMethods.Get, HttpMethods.Delete);

        void MapOtherMethods(string path, params string[] methods) =>
            group.Map(path, (HttpContext http) => WrongMethod.RefuseOrAskForJson(http, methods));
    }

    private static void ProducesProblems(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            endpoint.Produces<Problem>(status, "application/problem+json");
    }
}
