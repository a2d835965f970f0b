using System.IO.Pipelines;
using System.Text;
using Hutch.Datasets.Files;
using Hutch.Model.Contents;

namespace Hutch.Datasets.Thumbnails;

/// <summary>Small pictures of files and of datasets, for callers with the right to read the files.</summary>
public sealed class ThumbnailService(EntryService entries, IContentReader? reader, IFramePictures? frames, ThumbnailCache? cache)
{
    /// <summary>The most seconds for a picture; a file that takes longer has none.</summary>
    private const int MaxSeconds = 10;

    /// <summary>Changes when thumbnails are made in another way.</summary>
    private const string Maker = "thumbnail-3";

    private static readonly Result<Thumbnail?> None = Result<Thumbnail?>.Ok(null);

    /// <summary>Finds the thumbnail of a file, or of a dataset: that of one of its files. Null where there is none.</summary>
    /// <param name="path">The path of the file; null for the dataset.</param>
    /// <param name="at">The version; null for the newest state.</param>
    public async Task<Result<Thumbnail?>> FindAsync(
        Caller caller, DatasetId id, DatasetPath? path, SnapshotRef? at, CancellationToken ct)
    {
        if (path is null)
        {
            var choice = new DatasetPicture((query, token) => entries.ListAsync(caller, id, at, query, token));
            if (!(await choice.ChooseAsync(ct)).TryGet(out path, out HutchError? refusal))
            {
                return refusal;
            }
        }

        return path is { } file ? await FindFileAsync(caller, id, file, at, ct) : None;
    }

    private async Task<Result<Thumbnail?>> FindFileAsync(
        Caller caller, DatasetId id, DatasetPath path, SnapshotRef? at, CancellationToken ct)
    {
        if (!(await entries.OpenAsync(caller, id, path, at, ct)).TryGet(out OpenedEntry? opened, out HutchError? refusal))
        {
            return refusal;
        }

        if (cache is null || opened.Stored is null || !PictureNames.MayHave(path))
        {
            return None;
        }

        if (frames is not null && PictureNames.IsFrame(path))
        {
            EntryOpener open = (entry, token) => entries.OpenAsync(caller, id, entry, at, token);
            return (await frames.FitAsync(open, path, ContentRequest.ThumbnailSide, ct)).TryGet(out IFramePicture? picture, out refusal)
                ? Create(id, opened, isOfFileOnly: false, picture.Version, picture.DrawAsync)
                : refusal.Code == ErrorCode.Unavailable || refusal.Code == ErrorCode.TooManyRequests ? refusal : None;
        }

        return reader is null
            ? None
            : Create(id, opened, isOfFileOnly: true, opened.Entry.Hash, token => DrawAsync(id, opened, token));
    }

    /// <remarks>
    /// The dataset is part of the version, so that the time of a picture reveals nothing of the contents of other datasets.
    /// </remarks>
    private Thumbnail Create(
        DatasetId id, OpenedEntry file, bool isOfFileOnly, BlobHash source, Func<CancellationToken, Task<Result<byte[]>>> draw)
    {
        var version = BlobHash.Compute(Encoding.ASCII.GetBytes($"{Maker} {id} {source}"));
        return new Thumbnail(
            file.Entry.Hash, isOfFileOnly, version, ct => cache!.GetAsync(version, $"{id}: {Display.Quote(file.Path.Value)}", draw, ct));
    }

    /// <remarks>A reader is given this file and no other, so that its hash says all that a picture is made from.</remarks>
    private async Task<Result<byte[]>> DrawAsync(DatasetId id, OpenedEntry file, CancellationToken ct)
    {
        EntryOpener open = (path, _) => Task.FromResult<Result<OpenedEntry>>(
            path == file.Path ? file : ErrorCode.NotFound.With($"{Display.Quote(path.Value)} is not read for a thumbnail."));
        var request = new ContentRequest { Question = ContentQuery.Thumbnail, File = file.Path.Value, MaxSeconds = MaxSeconds };
        if (!(await reader!.ReadAsync(id, open, request, ct)).TryGet(out IContentAnswer? answer, out HutchError? refusal))
        {
            return refusal;
        }

        await using (answer)
        {
            var bytes = new MemoryStream(answer.Bytes);
            PipeWriter writer = PipeWriter.Create(bytes, new StreamPipeWriterOptions(leaveOpen: true));
            await answer.CopyToAsync(writer, ct);
            await writer.CompleteAsync();
            return bytes.ToArray();
        }
    }
}
