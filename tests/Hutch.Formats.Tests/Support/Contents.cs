using System.IO.Pipelines;
using System.Text.Json;
using Hutch.Formats.Hdf5;
using Hutch.Formats.Hdf5Content;
using Hutch.Model;
using Hutch.Model.Contents;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Support;

/// <summary>Asks a reader process about the HDF5 files of a folder.</summary>
internal sealed class Contents(TemporaryFolder folder, Hdf5ReaderOptions? options = null) : IAsyncDisposable
{
    public ContentProcess Process { get; } = new(Readers.ContentCommand, options ?? new Hdf5ReaderOptions(), TimeProvider.System);

    public FolderFiles Files { get; init; } = new(folder);

    public Task<JsonElement> MetaAsync(string file, string path = "/") => JsonAsync(Ask(ContentQuery.Meta, file, path));

    public Task<JsonElement> AttributesAsync(string file, string path = "/") => JsonAsync(Ask(ContentQuery.Attributes, file, path));

    public Task<JsonElement> DataAsync(string file, string path, string? selection = null) =>
        JsonAsync(Ask(ContentQuery.Data, file, path) with { Selection = selection });

    public static ContentRequest Ask(ContentQuery question, string file, string path = "/") =>
        new() { Question = question, File = file, Path = path };

    public async Task<JsonElement> JsonAsync(ContentRequest request) => JsonDocument.Parse((await BytesAsync(request)).Value).RootElement;

    public async Task<HutchError> RefusalAsync(ContentRequest request) => (await BytesAsync(request)).Error!;

    public async Task<Result<byte[]>> BytesAsync(ContentRequest request)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        Result<ContentAnswer> asked = await Process.RequestAsync(request, Files, ct);
        if (!asked.TryGet(out ContentAnswer? answer, out HutchError? error))
        {
            return error;
        }

        await using (answer)
        {
            using var all = new MemoryStream();
            var writer = PipeWriter.Create(all);
            await answer.CopyToAsync(writer, ct);
            await writer.CompleteAsync();
            return all.ToArray();
        }
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}
