using Hutch.Api.Http;

namespace Hutch.Api.Documentation;

/// <summary>An operation of the table of calls with its texts and its handler.</summary>
internal class EndpointDescription(string tag, RestCall call, string summary)
{
    private readonly List<Parameter> _parameters = [];
    private readonly List<ResponseDescription> _answers = [];

    public string Tag => tag;

    public RestCall Call => call;

    public string Summary => summary;

    public IReadOnlyList<Parameter> Parameters => _parameters;

    public IReadOnlyList<ResponseDescription> Answers => _answers;

    /// <summary>Returns true if this site itself answers a request, though the home is another one; null for never.</summary>
    public Func<ApiRequest, ValueTask<bool>>? IsAnsweredHere { get; internal set; }

    public RequestBody? Body { get; internal set; } =
        call.Body is { } document ? new RequestBody("application/json", document, null) : null;

    public Func<ApiRequest, Task>? Handler { get; private set; }

    /// <summary>True if the answer is one JSON document of bounded size.</summary>
    public bool GivesDocument { get; private protected set; }

    /// <summary>True if the answer waits until the sites of the zone know the change, and names those that do not.</summary>
    public bool AwaitsSites { get; internal set; }

    /// <summary>Answers with nothing but that it was done.</summary>
    public void GivesNothing(Func<ApiRequest, Task<Result<Done>>> handle)
    {
        Add(new ResponseDescription(StatusCodes.Status204NoContent, null, null, "Done"));
        Does(async request =>
        {
            Result<Done> done = await HandleAsync(request, handle);
            if (done.IsOk)
            {
                request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
            }
            else
            {
                await Problems.WriteAsync(request.Http, done.Error, request.Aborted);
            }
        });
    }

    public void Does(Func<ApiRequest, Task> handle) => Handler = handle;

    internal void Add(Parameter parameter) => _parameters.Add(parameter);

    internal void Add(ResponseDescription answer) => _answers.Add(answer);

    protected async Task<Result<T>> HandleAsync<T>(ApiRequest request, Func<ApiRequest, Task<Result<T>>> handle)
    {
        Result<T> done = await handle(request);
        if (done.IsOk && AwaitsSites)
        {
            await SiteConfirmation.ReportAsync(request);
        }

        return done;
    }

    /// <summary>Reads the JSON document of a body. A wrong id of a dataset is reported before a wrong body.</summary>
    protected static Task<TBody> ReadAsync<TBody>(ApiRequest request, JsonTypeInfo<TBody> type)
    {
        if (request.Route("id").Length > 0)
        {
            _ = request.Dataset;
        }

        return request.ReadAsync(type, request.Aborted);
    }

    internal sealed record Parameter(string Name, string In, string Text, string Type);

    /// <summary>An answer that is not a refusal.</summary>
    internal sealed record ResponseDescription(int Status, string? MediaType, JsonTypeInfo? Type, string? Text);

    internal sealed record RequestBody(string MediaType, JsonTypeInfo? Type, string? Text);
}

/// <summary>An operation that answers with a JSON document.</summary>
internal class EndpointDescription<TAnswer>(string tag, RestCall<TAnswer> call, string summary)
    : EndpointDescription(tag, call, summary)
{
    public void Gives(Func<ApiRequest, Task<Result<TAnswer>>> handle, int status = StatusCodes.Status200OK)
    {
        Add(new ResponseDescription(status, "application/json", call.Answer, null));
        GivesDocument = true;
        Does(async request => await JsonAnswer.SendAsync(request, await HandleAsync(request, handle), call.Answer, status));
    }

    /// <summary>Answers with the JSON document of the result.</summary>
    public void Gives<T>(
        Func<ApiRequest, Task<Result<T>>> handle, Func<T, TAnswer> write, int status = StatusCodes.Status200OK) =>
        Gives(async request => (await handle(request)).Then<TAnswer>(found => write(found)), status);
}

/// <summary>An operation with a JSON document in body and answer.</summary>
internal sealed class EndpointDescription<TBody, TAnswer>(string tag, RestCall<TBody, TAnswer> call, string summary)
    : EndpointDescription<TAnswer>(tag, call, summary)
{
    public void Gives(Func<ApiRequest, TBody, Task<Result<TAnswer>>> handle, int status = StatusCodes.Status200OK) =>
        Gives(async request => await handle(request, await ReadAsync(request, call.Body)), status);

    public void Gives<T>(
        Func<ApiRequest, TBody, Task<Result<T>>> handle, Func<T, TAnswer> write, int status = StatusCodes.Status200OK) =>
        Gives(async request => await handle(request, await ReadAsync(request, call.Body)), write, status);

    public void Does(Func<ApiRequest, TBody, Task> handle) =>
        Does(async request => await handle(request, await ReadAsync(request, call.Body)));
}

/// <summary>An operation with a JSON document in the body, and none in the answer.</summary>
internal sealed class CommandDescription<TBody>(string tag, RestCommand<TBody> call, string summary)
    : EndpointDescription(tag, call, summary)
{
    public void GivesNothing(Func<ApiRequest, TBody, Task<Result<Done>>> handle) =>
        GivesNothing(async request => await handle(request, await ReadAsync(request, call.Body)));
}
