using Hutch.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Hutch.Api.Documentation;

/// <summary>All operations of the interface with their descriptions: one list for the routes and the documentation.</summary>
internal sealed class EndpointTable
{
    public const string Root = "/api/v1";

    private readonly List<EndpointDescription> _endpoints = [];

    /// <summary>The operations, in the order of the document.</summary>
    public IReadOnlyList<EndpointDescription> Endpoints => _endpoints;

    public EndpointDescription Add(string tag, string method, string pattern, string summary, string right)
    {
        var endpoint = new EndpointDescription(tag, method, pattern, summary, right);
        _endpoints.Add(endpoint);
        return endpoint;
    }

    /// <summary>Maps all operations; any other path under the root gets a refusal in the usual form.</summary>
    public void Map(WebApplication app, HomeRequests homes)
    {
        foreach (EndpointDescription endpoint in _endpoints)
        {
            Func<ApiRequest, Task> handle = endpoint.Handler
                ?? throw new InvalidOperationException($"{endpoint.Method} {endpoint.Pattern} does nothing.");
            string what = Label(endpoint);
            // What a GET says about a resource is asked for by HEAD, too. The handler does its work; the server leaves out the body.
            bool isAlsoHead = endpoint.Method == "GET" && endpoint.GivesDocument
                && !_endpoints.Any(other => other.Method == "HEAD" && other.Pattern == endpoint.Pattern);
            app.MapMethods(Root + endpoint.Pattern, isAlsoHead ? ["GET", "HEAD"] : [endpoint.Method], http =>
            {
                RequestScope.Current?.Describe(what, (string?)http.GetRouteValue("id"));
                ApiRequest request = http.Features.Get<ApiRequest>()!;
                return request.LostSession is { } lost && endpoint.Right != EndpointDescription.Anonymous
                    ? Problems.WriteAsync(http, lost, request.Aborted)
                    : endpoint.IsWriting ? homes.AnswerAsync(request, endpoint.IsFollowed, endpoint.IsOfCopy, handle)
                    : request.Caller.PassedOnBy is not null ? HomeRequests.RefuseAsync(request)
                    : endpoint.IsReading ? ReadAsync(request, handle)
                    : handle(request);
            });
        }

        app.MapFallback("{**path}", static http => Problems.WriteAsync(
            http,
            ErrorCode.NotFound.With(
                $"There is no endpoint {http.Request.Method} {Display.Quote(http.Request.Path.Value)}. "
                + "See /docs for all endpoints."),
            http.RequestAborted));
    }

    private static async Task ReadAsync(ApiRequest request, Func<ApiRequest, Task> handle)
    {
        if (await request.ReadFromAsync(request.Dataset, request.Aborted) is { } refusal)
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        await handle(request);
    }

    /// <summary>The label of an operation: the method, and the last word of the route that is no parameter.</summary>
    private static string Label(EndpointDescription endpoint) =>
        endpoint.Method + " " + (endpoint.Pattern.Split('/').LastOrDefault(part => part.Length > 0 && part[0] != '{') ?? "api");
}
