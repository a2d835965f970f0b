using System.IO.Pipelines;
using Hutch.Site.Write.Entries;
using Hutch.Storage;

namespace Hutch.Processing.Runs;

/// <summary>Files that steps make from frames, in the datasets of the results: <c>FOLDER/000001.EXTENSION</c>.</summary>
/// <remarks>Thread-safe. The caller has checked the rights.</remarks>
public sealed class RunOutputs(EntryWriter entries, BlobIntake intake, DatasetLanes lanes, TimeProvider time)
{
    public const int MaxFileBytes = 4 << 20;

    private const int MaxFolderLength = 32;
    private const int MaxExtensionLength = 8;

    /// <summary>Parses the frame in the path of such a file; false for any other path, to which workers may not write.</summary>
    public static bool TryParse(string path, out int frame)
    {
        frame = 0;
        return path.Split('/') is [{ Length: > 0 and <= MaxFolderLength } folder, var name]
            && name.Split('.') is [var number, { Length: > 0 and <= MaxExtensionLength } extension]
            && char.IsAsciiLetterLower(folder[0])
            && folder.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-')
            && extension.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter))
            && FrameName.TryParse(number, out frame);
    }

    /// <summary>Puts a file. A repetition changes only its time. Returns after it is durable and visible.</summary>
    public async Task<Result<Done>> PutAsync(
        DatasetId output, DatasetPath path, string mediaType, PipeReader body, long length, CancellationToken ct)
    {
        Result<Lane> lane = await lanes.ForWritingAsync(output, path, ct);
        if (!lane.IsOk)
        {
            return lane.Error;
        }

        Result<ReceivedBlob> received = await intake.ReceiveAsync(body, length, lane.Value, ct);
        if (!received.TryGet(out ReceivedBlob? blob, out HutchError? refusal))
        {
            return refusal;
        }

        using (blob)
        {
            Entry entry = Entry.File(blob.Hash, blob.Size) with
            {
                ContentType = mediaType,
                ModifiedNanoseconds = time.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000,
            };
            return (await entries.PutAsync(output, path, entry, blob, EntryCondition.None, ct)).Then<Done>(_ => Done.Value);
        }
    }
}
