using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Model.Contents;

namespace Hutch.Api.Endpoints;

/// <summary>
/// The content of HDF5 files, by the interface of h5grove, so that H5Web and others can read a file of a dataset:
/// https://github.com/silx-kit/h5grove. Errors are problem details.
/// </summary>
internal sealed class ContentEndpoints : IEndpoints
{
    private const string Tag = "HDF5 files";
    private const string Json = "application/json";

    public void Add(EndpointTable table)
    {
        Describe(table, RestCalls.Hdf5.Meta, "An object of an HDF5 file: kind, shape, type, attributes; of a group, its children")
            .Answering(StatusCodes.Status200OK, Json, "The object, as h5grove describes it")
            .Does(request => SendAsync(request, Read(request, ContentQuery.Meta), Json));
        Describe(table, RestCalls.Hdf5.Attributes, "The values of the attributes of an object of an HDF5 file, by name")
            .Query("attr_keys", "Only this attribute; may be repeated")
            .Answering(StatusCodes.Status200OK, Json, "The values by name")
            .Does(request => SendAsync(
                request, Read(request, ContentQuery.Attributes) with { Attributes = Several(request, "attr_keys") }, Json));
        Describe(table, RestCalls.Hdf5.Data, "The values of an array of an HDF5 file, or of a part of it")
            .Query("selection", "The part, as in numpy: `0,:,10:20`; all without")
            .Query("format", "`json` (default); `bin`: the numbers one after the other; `npy`, `tiff`: a file")
            .Query("flatten", "`true`: JSON without nesting")
            .Query("dtype", "`safe`: numbers of types that browsers have; `origin` (default): as they are in the file")
            .Answering(StatusCodes.Status200OK, "application/octet-stream", "The values, in the form that was asked for")
            .Does(request => SendDataAsync(request, ReadData(request)));
        Describe(table, RestCalls.Hdf5.Statistics, "Smallest, largest, mean and deviation of an array of an HDF5 file, or of a part of it")
            .Query("selection", "The part, as in numpy: `0,:,10:20`; all without")
            .Answering(StatusCodes.Status200OK, Json, "The numbers by name")
            .Does(request => SendAsync(
                request, Read(request, ContentQuery.Statistics) with { Selection = request.Query("selection") }, Json));
        Describe(table, RestCalls.Hdf5.Paths, "The paths of everything below a group of an HDF5 file, however deep")
            .Answering(StatusCodes.Status200OK, Json, "The paths; that of the group is the first")
            .Does(request => SendAsync(request, Read(request, ContentQuery.Paths), Json));
    }

    private static EndpointDescription Describe(EndpointTable table, RestCall call, string summary) =>
        table.Add(Tag, call, summary).At()
            .Query("file", "The path of the file in the dataset")
            .Query("path", "The path of the object in the file (default: `/`)")
            .Query("resolve_links", "`only_valid` (default): links that lead somewhere are what they lead to; `none`; `all`");

    private static ContentRequest Read(ApiRequest request, ContentQuery question) => new()
    {
        Question = question,
        File = request.Query("file")
            ?? throw ErrorCode.BadRequest.With("'file' is missing: the path of the file in the dataset.").ToException(),
        Path = request.Query("path") ?? "/",
        Links = Choice(request, "resolve_links", [
            ("only_valid", LinkResolution.OnlyValid), ("none", LinkResolution.None), ("all", LinkResolution.All)]),
    };

    private static ContentRequest ReadData(ApiRequest request) => Read(request, ContentQuery.Data) with
    {
        Selection = request.Query("selection"),
        Form = Choice(request, "format", [
            ("json", ContentForm.Json), ("bin", ContentForm.Binary), ("npy", ContentForm.Numpy), ("tiff", ContentForm.Tiff)]),
        IsFlat = request.Flag("flatten"),
        IsSafe = Choice(request, "dtype", [("origin", false), ("safe", true)]),
    };

    /// <summary>One of several values; the first when none is given.</summary>
    private static T Choice<T>(ApiRequest request, string name, (string Text, T Value)[] choices)
    {
        if (request.Query(name) is not { } text)
        {
            return choices[0].Value;
        }

        int index = Array.FindIndex(choices, choice => choice.Text == text);
        return index >= 0
            ? choices[index].Value
            : throw ErrorCode.BadRequest.With(
                $"'{name}' is {Display.Quote(text)}; it must be one of: {string.Join(", ", choices.Select(static choice => choice.Text))}.")
                .ToException();
    }

    private static List<string>? Several(ApiRequest request, string name) =>
        request.Http.Request.Query.TryGetValue(name, out var values) ? [.. values.OfType<string>()] : null;

    private static Task SendDataAsync(ApiRequest request, ContentRequest asked) => asked.Form switch
    {
        ContentForm.Json => SendAsync(request, asked, Json),
        ContentForm.Numpy => SendAsync(request, asked, "application/x-npy", ".npy"),
        ContentForm.Tiff => SendAsync(request, asked, "image/tiff", ".tiff"),
        _ => SendAsync(request, asked, "application/octet-stream"),
    };

    /// <summary>Answers; where an extension is given, as a file that is named after the object.</summary>
    private static async Task SendAsync(ApiRequest request, ContentRequest asked, string mediaType, string? extension = null)
    {
        Result<IContentAnswer> answered = await request.Reader.Contents.ReadAsync(
            request.Caller, request.Dataset, request.At, asked, request.Aborted);
        if (answered.IsOk && extension is not null)
        {
            string name = asked.Path.Split('/', StringSplitOptions.RemoveEmptyEntries).LastOrDefault() ?? "data";
            request.Http.Response.Headers.ContentDisposition = $"attachment; filename*=UTF-8''{Uri.EscapeDataString(name + extension)}";
        }

        await FileContent.SendAsync(request, answered, mediaType);
    }
}
