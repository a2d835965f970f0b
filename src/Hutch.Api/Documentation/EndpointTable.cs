using Hutch.Api.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Hutch.Api.Documentation;

/// <summary>The handlers of all operations with their descriptions: one list for the routes and the documentation.</summary>
internal sealed class EndpointTable
{
    private readonly List<EndpointDescription> _endpoints = [];

    /// <summary>The operations, in the order of the document.</summary>
    public IReadOnlyList<EndpointDescription> Endpoints => _endpoints;

    public EndpointDescription Add(string tag, RestCall call, string summary) => Add(new EndpointDescription(tag, call, summary));

    public EndpointDescription<TAnswer> Add<TAnswer>(string tag, RestCall<TAnswer> call, string summary) =>
        Add(new EndpointDescription<TAnswer>(tag, call, summary));

    public EndpointDescription<TBody, TAnswer> Add<TBody, TAnswer>(string tag, RestCall<TBody, TAnswer> call, string summary) =>
        Add(new EndpointDescription<TBody, TAnswer>(tag, call, summary));

    public CommandDescription<TBody> Add<TBody>(string tag, RestCommand<TBody> call, string summary) =>
        Add(new CommandDescription<TBody>(tag, call, summary));

    /// <summary>Maps all operations; any other path under the root gets a refusal in the usual form.</summary>
    public void Map(WebApplication app, RequestRouter router)
    {
        foreach (EndpointDescription endpoint in _endpoints)
        {
            RestCall call = endpoint.Call;
            Func<ApiRequest, Task> handle = endpoint.Handler
                ?? throw new InvalidOperationException($"{call.Method} {call.Pattern} does nothing.");
            string what = Label(call);
            // What a GET says about a resource is asked for by HEAD, too. The handler does its work; the server leaves out the body.
            bool isAlsoHead = call.Method == "GET" && endpoint.GivesDocument
                && !_endpoints.Any(other => other.Call.Method == "HEAD" && other.Call.Pattern == call.Pattern);
            app.MapMethods(RestCall.Root + call.Pattern, isAlsoHead ? ["GET", "HEAD"] : [call.Method], http =>
            {
                RequestScope.Current?.Describe(what, (string?)http.GetRouteValue("id"));
                ApiRequest request = http.Features.Get<ApiRequest>()!;
                if (request.LostSession is { } lost && call.Right != RestCall.Anonymous)
                {
                    return Problems.WriteAsync(http, lost, request.Aborted);
                }

                if (call.Folder == KeyOfFolder.Refused && request.Caller.Scope.Folder is { } folder)
                {
                    return Problems.WriteAsync(http, FolderOnly(call, folder), request.Aborted);
                }

                if (call.By is AnsweredBy.Home or AnsweredBy.HomeThenCopies)
                {
                    return router.AnswerByHomeAsync(request, call.By == AnsweredBy.HomeThenCopies, endpoint.IsAnsweredHere, handle);
                }

                if (call.By == AnsweredBy.Zone)
                {
                    return router.AnswerByZoneAsync(request, handle);
                }

                if (request.Caller.PassedOnBy is not null)
                {
                    return RequestRouter.RefuseAsync(request);
                }

                if (call.By == AnsweredBy.ZoneAlone && router.FindRefusalAtSite(call) is { } refusal)
                {
                    return Problems.WriteAsync(http, refusal, request.Aborted);
                }

                return call.By == AnsweredBy.Holder ? ReadAsync(request, handle) : handle(request);
            });
        }

        app.MapFallback("{**path}", static http => Problems.WriteAsync(
            http,
            ErrorCode.NotFound.With(
                $"There is no endpoint {http.Request.Method} {Display.Quote(http.Request.Path.Value)}. "
                + "See /docs for all endpoints."),
            http.RequestAborted));
    }

    private TEndpoint Add<TEndpoint>(TEndpoint endpoint)
        where TEndpoint : EndpointDescription
    {
        _endpoints.Add(endpoint);
        return endpoint;
    }

    private static HutchError FolderOnly(RestCall call, DatasetPath folder) => ErrorCode.NarrowedKey.With(
        $"{call.Method} {call.Pattern} is about more than the folder {Display.Quote(folder.Value)}, which is all that this key opens.");

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
    private static string Label(RestCall call) =>
        call.Method + " " + (call.Pattern.Split('/').LastOrDefault(part => part.Length > 0 && part[0] != '{') ?? "api");
}
