using Hutch.Api.Http;
using Hutch.Datasets;

namespace Hutch.Api.Documentation;

internal sealed class EndpointDescription(string tag, string method, string pattern, string summary, string right)
{
    /// <summary>The right for operations that are open to everyone.</summary>
    public const string Anonymous = "none";

    private readonly List<Parameter> _parameters = [];
    private readonly List<Answer> _answers = [];

    public string Tag => tag;

    public string Method => method;

    /// <summary>The route under <c>/api/v1</c>.</summary>
    public string Pattern => pattern;

    public string Summary => summary;

    public string Right => right;

    public IReadOnlyList<Parameter> Parameters => _parameters;

    public IReadOnlyList<Answer> Answers => _answers;

    /// <summary>True if it reads the dataset of the route, at whichever site that is.</summary>
    public bool IsReading { get; private set; }

    /// <summary>True if it changes the dataset of the route or of a push: that is done at the home of the dataset.</summary>
    public bool IsWriting { get; private set; }

    /// <summary>True if copies of the dataset follow its changes at once.</summary>
    public bool IsFollowed { get; private set; }

    /// <summary>Returns true if this site itself answers a request, though the home is another one; null for never.</summary>
    public Func<ApiRequest, ValueTask<bool>>? IsOfCopy { get; private set; }

    public RequestBody? Body { get; private set; }

    public Func<ApiRequest, Task>? Handler { get; private set; }

    public EndpointDescription Query(string name, string text, string type = "string") => With(new Parameter(name, "query", text, type));

    public EndpointDescription Header(string name, string text) => With(new Parameter(name, "header", text, "string"));

    public EndpointDescription Reads()
    {
        IsReading = true;
        return this;
    }

    /// <summary>Changes the dataset of the route, or that of a push, at its home, wherever that is.</summary>
    /// <param name="isFollowed">Whether its copies follow at once; else they do when they look the next time.</param>
    /// <param name="isOfCopy">Whether it is about the copy here, or about what the zone decides; null for never.</param>
    public EndpointDescription Writes(bool isFollowed = false, Func<ApiRequest, ValueTask<bool>>? isOfCopy = null)
    {
        (IsWriting, IsFollowed, IsOfCopy) = (true, isFollowed, isOfCopy);
        return this;
    }

    /// <summary>Asks for what only the home of the dataset knows, and is passed on as what changes it.</summary>
    /// <param name="isHere">Whether this site can answer as well; null for never.</param>
    public EndpointDescription IsOfHome(Func<ApiRequest, ValueTask<bool>>? isHere = null) => Writes(isOfCopy: isHere);

    public EndpointDescription At() => Query("at", "Version: a snapshot's number, tag or hash prefix (default: the head)");

    public EndpointDescription Paged() =>
        Query("limit", "Most items of the page, 1 to 1000", "integer").Query("cursor", "The `next` of the previous page");

    public EndpointDescription Takes(JsonTypeInfo type)
    {
        Body = new RequestBody("application/json", type, null);
        return this;
    }

    /// <summary>A body that is not one JSON document; <paramref name="line"/> describes each line of it, if it has lines.</summary>
    public EndpointDescription Takes(string mediaType, string text, JsonTypeInfo? line = null)
    {
        Body = new RequestBody(mediaType, line, text);
        return this;
    }

    /// <summary>True if the answer is one JSON document of bounded size.</summary>
    public bool GivesDocument { get; private set; }

    public void Gives<T>(JsonTypeInfo<T> type, Func<ApiRequest, Task<Result<T>>> handle, int status = StatusCodes.Status200OK)
    {
        _answers.Add(new Answer(status, "application/json", type, null));
        GivesDocument = true;
        Handler = async request => await JsonAnswer.SendAsync(request, await handle(request), type, status);
    }

    /// <summary>Answers with the JSON document of the result.</summary>
    public void Gives<T, TDocument>(
        JsonTypeInfo<TDocument> type, Func<ApiRequest, Task<Result<T>>> handle, Func<T, TDocument> write,
        int status = StatusCodes.Status200OK) =>
        Gives(type, async request => (await handle(request)).Then<TDocument>(found => write(found)), status);

    public void GivesPage<T, TDocument>(
        JsonTypeInfo<Page<TDocument>> type, Func<ApiRequest, Task<Result<Batch<T>>>> handle, Func<T, TDocument> write) =>
        Gives(type, handle, batch => new Page<TDocument>
        {
            Items = [.. batch.Items.Select(write)],
            Next = batch.Next,
            Notes = batch.Notes.Count > 0 ? batch.Notes : null,
        });

    /// <summary>Answers with nothing but that it was done.</summary>
    public void GivesNothing(Func<ApiRequest, Task<Result<Done>>> handle)
    {
        _answers.Add(new Answer(StatusCodes.Status204NoContent, null, null, "Done"));
        Handler = async request =>
        {
            Result<Done> done = await handle(request);
            if (done.IsOk)
            {
                request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
            }
            else
            {
                await Problems.WriteAsync(request.Http, done.Error, request.Aborted);
            }
        };
    }

    /// <summary>Describes an answer that the handler writes itself.</summary>
    public EndpointDescription Answering(int status, string? mediaType, string text, JsonTypeInfo? type = null)
    {
        _answers.Add(new Answer(status, mediaType, type, text));
        return this;
    }

    public void Does(Func<ApiRequest, Task> handle) => Handler = handle;

    private EndpointDescription With(Parameter parameter)
    {
        _parameters.Add(parameter);
        return this;
    }

    internal sealed record Parameter(string Name, string In, string Text, string Type);

    /// <summary>An answer that is not a refusal.</summary>
    internal sealed record Answer(int Status, string? MediaType, JsonTypeInfo? Type, string? Text);

    internal sealed record RequestBody(string MediaType, JsonTypeInfo? Type, string? Text);
}
