using Hutch.Formats.Hdf5;
using Hutch.Formats.Native;
using Hutch.Formats.Thumbnails;
using Hutch.Formats.Zarr;

namespace Hutch.Formats.Hdf5Content;

/// <summary>Answers questions about HDF5 files of the store. Every refusal is an answer; the process lives on.</summary>
internal sealed class ContentReader : IDisposable
{
    private const int MaxPaths = 500_000;
    private const int MaxArrays = 4;

    private readonly IFileRanges _files;
    private readonly BlockCache _blocks;
    private readonly StoreDriver _driver;
    private readonly OpenFiles _open;

    // The pages of a TIFF file are known only after a walk through all of it; null is for files that are no single array.
    private readonly RecentItems<IZarrArray?> _arrays = new(MaxArrays, static _ => { });

    public ContentReader(IFileRanges files)
    {
        _files = files;
        _blocks = new BlockCache(files);
        _driver = new StoreDriver(files, _blocks);
        _open = new OpenFiles(_driver);
    }

    public Result<ReadOnlyMemory<byte>> Answer(ContentRequest request)
    {
        _driver.Remove();
        try
        {
            lock (Hdf5Library.Gate)
            {
                ReadOnlyMemory<byte> answer = Read(request);
                return _driver.Failure is { } failure ? Lost(request, failure) : answer;
            }
        }
        catch (Exception e) when (ErrorOf(e, request) is { } error)
        {
            return _driver.Failure is { } failure ? Lost(request, failure) : error;
        }
    }

    public void Dispose()
    {
        _arrays.Dispose();
        _open.Dispose();
        _driver.Dispose();
    }

    private ReadOnlyMemory<byte> Read(ContentRequest request)
    {
        NumberedFile stored = _files.Open("/" + request.File)
            ?? throw ErrorCode.NotFound.With($"File not found: there is no {Display.Quote(request.File)}.").ToException();
        return request.Question switch
        {
            ContentQuery.Zarr => new ZarrAnswer(request, e => ErrorOf(e, request)).Write(TreeOf(request, stored)),
            ContentQuery.Thumbnail => Draw(request, stored),
            _ => Read(request, _open.Open(request.File, stored)),
        };
    }

    private byte[] Draw(ContentRequest request, NumberedFile stored)
    {
        var file = new BlockFile(request.File, stored, _blocks);
        return ImageThumbnail.IsImage(file) ? ImageThumbnail.Draw(file) : FileThumbnail.Draw(TreeOf(request, stored));
    }

    private IZarrTree TreeOf(ContentRequest request, NumberedFile stored)
    {
        IZarrArray? array = _arrays.Get(stored.Number, () => ArrayFiles.Open(new BlockFile(request.File, stored, _blocks)));
        return array is null ? new Hdf5Zarr(_open.Open(request.File, stored, ArrayFiles.Kinds), request) : new SingleArray(array);
    }

    private static ReadOnlyMemory<byte> Read(ContentRequest request, Hdf5Id file)
    {
        string path = "/" + request.Path.Trim('/');
        using ContentObject item = ContentObject.Open(file, path, request.Links);
        switch (request.Question)
        {
            case ContentQuery.Meta:
                return JsonBytes.Write(json => new EntityDocument(json, request.Links).Write(item));
            case ContentQuery.Attributes:
                return JsonBytes.Write(json => AttributeDocument.Write(json, item, request));
            case ContentQuery.Paths:
                return JsonBytes.Write(json => WritePaths(json, item));
        }

        using var array = new StoredArray(item);
        return request.Question == ContentQuery.Statistics ? JsonBytes.Write(json => ArrayStatistics.Write(json, array, request))
            : request.Form == ContentForm.Json ? JsonBytes.Write(json => ArrayAnswer.Write(json, array, request))
            : ArrayAnswer.Numbers(array, request);
    }

    private static void WritePaths(Utf8JsonWriter json, ContentObject group)
    {
        if (group.Must() is var id && group.Kind != Hdf5ObjectKind.Group)
        {
            throw ErrorCode.Unprocessable.With($"{Display.Quote(group.Path)} is no group.").ToException();
        }

        json.WriteStartArray();
        json.WriteStringValue(group.Path);
        foreach ((string name, _) in GroupLinks.Below(id, MaxPaths))
        {
            json.WriteStringValue(group.Path.TrimEnd('/') + "/" + name);
        }

        json.WriteEndArray();
    }

    private static HutchError Lost(ContentRequest request, Exception failure) =>
        Unreadable.Error($"{Path.GetFileName(request.File)} cannot be read: {failure.Message}", request.File);

    /// <summary>Returns the error of the file that an exception reports; null for a bug in Hutch.</summary>
    public static HutchError? ErrorOf(Exception e, ContentRequest request) => e switch
    {
        HutchException refusal => refusal.Error,
        Hdf5Exception failure => Unreadable.FromLibrary(failure.Reason, request.File),
        IOException failure => Lost(request, failure),
        OutOfMemoryException => ErrorCode.UnreadableFile.With(
            $"{Path.GetFileName(request.File)} needs more memory than a reader may use. The file may be damaged.", "file", request.File),
        OverflowException => ErrorCode.UnreadableFile.With(
            $"{Path.GetFileName(request.File)} has impossible sizes. The file is damaged.", "file", request.File),
        _ => null,
    };
}
