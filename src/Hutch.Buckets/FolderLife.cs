using Hutch.Site.Engines.Segments;

namespace Hutch.Buckets;

/// <summary>Begins a life or a start of a data folder at its bucket, and refuses everything that could be a second server of it.</summary>
internal sealed class FolderLife(
    IDisk disk, string dataFolder, IObjectStore objects, FolderObjects names, FolderSettings settings, TimeProvider time)
{
    /// <summary>The distance to numbers of segments that an earlier life may have used.</summary>
    public const long NumbersPerLife = 1_000_000;

    private const string PlaceName = "place";

    /// <summary>The end of the name of a list, behind its number.</summary>
    private const int IdLength = 36;

    /// <summary>The time of an owner that does not say it.</summary>
    private const int UnknownAloneSeconds = 60;
    private static readonly TimeSpan AnswerOnItsWay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(0.5);

    /// <summary>Returns the record of the folder, after its start was written into the bucket.</summary>
    /// <exception cref="HutchException">The folder may not use the bucket.</exception>
    public async Task<FolderRecord> BeginAsync(CancellationToken ct)
    {
        FolderRecord? record = FolderRecord.Read(disk, dataFolder);
        FolderOwner? owner = await FolderOwner.FindAsync(objects, names.Owner, ct);
        if (record is null || (owner is null && record.Header.Number == 0))
        {
            record = await ClaimAsync(record, owner, ct);
        }
        else if (owner is null)
        {
            throw Refused(
                $"The bucket {objects.Name} has no '{names.Owner}': it is not the bucket of this data folder, or it lost its content. "
                + "Check 'storage.bucket'.");
        }

        FolderOwner? earlier = null;
        if (owner is not null && Refuse(record.Header, owner) is { } refusal)
        {
            await TakeOverAsync(record, owner, refusal, ct);
            earlier = owner;
        }
        else if (owner is not null && record.Header.Start is { } last)
        {
            await WithdrawAsync(last, owner, ct);
        }

        await StartAsync(record, earlier, ct);
        return record;
    }

    /// <summary>
    /// Withdraws the word of the last start that it has ended. A server that takes the bucket over writes the owner and then looks for that
    /// word, so at least one of the two sees the other.
    /// </summary>
    private async Task WithdrawAsync(Guid last, FolderOwner known, CancellationToken ct)
    {
        await objects.DeleteAsync([names.Released(last)], ct);
        if (await FolderOwner.FindAsync(objects, names.Owner, ct) != known)
        {
            throw ErrorCode.Conflict.With(
                $"Another server takes '{names.Owner}' in the bucket {objects.Name} at this moment. Start one only.").ToException();
        }
    }

    /// <summary>Writes a start, and waits until the earlier owner acknowledges nothing more.</summary>
    /// <param name="earlier">The owner from which the bucket is taken over; null if it is this folder's.</param>
    public async Task StartAsync(FolderRecord record, FolderOwner? earlier, CancellationToken ct)
    {
        Guid start = settings.NewId();
        record.Set(list => list with
        {
            Next = start,
            Earlier = earlier is null ? list.Earlier : new EarlierOwner(earlier.Start, earlier.AloneSeconds ?? UnknownAloneSeconds),
        });

        // The next one waits as long as this one would have, in case this one stops while it waits.
        EarlierOwner? awaited = record.Header.Earlier;
        var owner = new FolderOwner(
            SegmentList.CurrentFormat, record.Header.Site, record.Header.Epoch, start, Place(), Environment.MachineName, time.GetUtcNow(),
            Math.Max((int)settings.Alone.TotalSeconds, awaited?.AloneSeconds ?? 0));
        await owner.WriteAsync(objects, names.Owner, ct);
        if (awaited is not null)
        {
            await WaitForEndAsync(awaited, start, ct);
        }

        long highest = SegmentNumbers(record);
        record.Set(list => list with
        {
            Start = start,
            Next = null,
            Earlier = null,
            LastNumber = awaited is not null ? highest + NumbersPerLife : list.LastNumber,
        });
    }

    /// <summary>Waits until the earlier owner says that it has ended, or its time has passed.</summary>
    private async Task WaitForEndAsync(EarlierOwner earlier, Guid start, CancellationToken ct)
    {
        // Clocks of two machines do not run equally fast, and an answer may be on its way.
        TimeSpan limit = (1.1 * TimeSpan.FromSeconds(earlier.AloneSeconds)) + AnswerOnItsWay;
        long since = time.GetTimestamp();
        while (true)
        {
            bool hasEnded = await objects.FindLengthAsync(names.Released(earlier.Start), ct) is not null
                || time.GetElapsedTime(since) >= limit;
            if ((await FolderOwner.FindAsync(objects, names.Owner, ct))?.Start != start)
            {
                throw ErrorCode.Conflict.With(
                    $"Another server has taken '{names.Owner}' in the bucket {objects.Name} at the same time. Start one only.")
                    .ToException();
            }

            if (hasEnded)
            {
                await objects.DeleteAsync([names.Released(earlier.Start)], ct);
                return;
            }

            await Task.Delay(LookEvery, time, ct);
        }
    }

    /// <summary>Marks the bucket of the folder as one whose site has moved away. It changes nothing in a bucket that is marked.</summary>
    public async Task FenceAsync(string movedTo, CancellationToken ct)
    {
        SegmentList? own = FolderRecord.Read(disk, dataFolder)?.Header;
        if (own is null || await FolderOwner.FindAsync(objects, names.Owner, ct) is not { MovedTo: null } owner)
        {
            return;
        }

        if (owner.Site != own.Site || owner.Epoch != own.Epoch)
        {
            throw Refused(Refuse(own, owner)!.Message);
        }

        await (owner with { Start = settings.NewId(), MovedTo = movedTo }).WriteAsync(objects, names.Owner, ct);
    }

    /// <summary>Returns the refusal of a bucket whose site has moved away; null for another one.</summary>
    public static HutchError? FindMove(FolderOwner owner, string bucket) => owner.MovedTo is { } location
        ? ErrorCode.BadConfiguration.With(
            $"The site whose segments are in the bucket {bucket} has moved to {location}: start its server there. What is left here is its "
            + "state before the move. Nothing was changed.")
        : null;

    /// <summary>Returns the highest number of a segment that the folder or its record has.</summary>
    private long SegmentNumbers(FolderRecord record) => record.Live.Concat(record.Retired).Select(static segment => segment.Segment)
        .Concat(disk.ListFiles(SegmentInspection.FolderOf(dataFolder)))
        .Select(SegmentInspection.NumberOf)
        .Append(record.Header.LastNumber).Max();

    private async Task<FolderRecord> ClaimAsync(FolderRecord? record, FolderOwner? owner, CancellationToken ct)
    {
        if (owner is not null)
        {
            throw Refused(
                $"The bucket {objects.Name} belongs to a data folder ({owner.Where}), not to this one. "
                + "Give this one an empty bucket or another 'storage.bucket.prefix'. To rebuild that folder from the bucket, run "
                + "`hutch rebuild --from-bucket`.");
        }

        ObjectPage page = await objects.ListAsync(names.Prefix, null, 1, ct);
        if (page.Objects.Count > 0 && !ObjectProbe.IsTrial(page.Objects[0].Key))
        {
            throw Refused(
                $"The bucket {objects.Name} has objects ({Display.Quote(page.Objects[0].Key)}) and does not say which data folder they "
                + "belong to. Give the folder an empty bucket or another 'storage.bucket.prefix'.");
        }

        Result<Done> tried = await new ObjectProbe(objects, settings.NewId).RunAsync(ct);
        if (!tried.IsOk)
        {
            throw Refused(tried.Error.Message);
        }

        DataVersion? version = DataVersion.Read(disk, dataFolder);
        return record ?? FolderRecord.Begin(disk, dataFolder, new SegmentList(
            SegmentList.CurrentFormat, settings.NewId(), Epoch: 1, Number: 0, LastNumber: 0, Objects: 0, version?.Format ?? 0,
            version?.Incarnation?.Id));
    }

    private HutchError? Refuse(SegmentList own, FolderOwner owner)
    {
        if (owner.Site == own.Site && FindMove(owner, objects.Name) is { } moved)
        {
            return moved;
        }

        string other = owner.Where;
        if (owner.Format > SegmentList.CurrentFormat)
        {
            return ErrorCode.BadConfiguration.With(
                $"The bucket {objects.Name} has format {owner.Format}; this program knows {SegmentList.CurrentFormat}. Start the "
                + "newer version.");
        }

        if (owner.Site != own.Site)
        {
            return ErrorCode.BadConfiguration.With(
                $"The bucket {objects.Name} belongs to another data folder ({other}). Check 'storage.bucket'. Nothing was changed.");
        }

        if (owner.Epoch != own.Epoch || (owner.Start != own.Start && owner.Start != own.Next))
        {
            return ErrorCode.Conflict.With(
                $"The bucket {objects.Name} is used by a later life of this data folder ({other}), or by a copy of it. " + Advice);
        }

        if (owner.Place != Place())
        {
            return ErrorCode.Conflict.With(
                $"This data folder was moved, copied or restored, and the bucket {objects.Name} is used by the folder {other}. "
                + Advice);
        }

        return null;
    }

    private const string Advice =
        "Two servers with one bucket would lose data. If the other one has stopped for good, start this one with `--take-over-bucket`, or "
        + "rebuild the folder with `hutch rebuild --from-bucket`. Nothing was changed.";

    /// <summary>Begins a new life of this folder, if the operator wants that and the bucket still has all of it.</summary>
    private async Task TakeOverAsync(FolderRecord record, FolderOwner owner, HutchError refusal, CancellationToken ct)
    {
        if (refusal.Code != ErrorCode.Conflict || !settings.TakesOver)
        {
            throw Refused(refusal.Message);
        }

        if (await HasNewerListAsync(record.Header, ct))
        {
            throw Refused(
                $"The bucket {objects.Name} has segments that were stored after this copy of the data folder was made: a take-over would "
                + "lose them. Make the folder anew with `hutch rebuild --from-bucket`.");
        }

        foreach (StoredSegment segment in record.Live)
        {
            if (await objects.FindLengthAsync(segment.Object, ct) != segment.Bytes)
            {
                throw Refused(
                    $"The bucket {objects.Name} no longer has all segments of this data folder ({Display.Quote(segment.Object)}): its "
                    + "later life has removed them. Make the folder anew with `hutch rebuild --from-bucket`.");
            }
        }

        record.Set(list => list with { Epoch = Math.Max(list.Epoch, owner.Epoch) + 1, Number = 0 });
    }

    /// <summary>Returns true if the bucket has a list that this folder did not write.</summary>
    private async Task<bool> HasNewerListAsync(SegmentList own, CancellationToken ct)
    {
        string? newest = null;
        await foreach (ObjectFacts one in objects.ListAllAsync(names.Lists, ct))
        {
            newest = one.Key;
        }

        return newest is not null && string.CompareOrdinal(newest, names.NewList(own.Epoch, own.Number + 1)[..^IdLength]) >= 0;
    }

    /// <summary>Returns a text that differs for a copy of the folder. The file is written once, so that only its creation counts.</summary>
    private string Place()
    {
        string path = Path.Combine(dataFolder, FolderRecord.FolderName, PlaceName);
        if (!disk.FileExists(path))
        {
            AtomicFile.Replace(disk, path, "This file tells copies of the folder apart: it must not be replaced.\n"u8);
        }

        return settings.PlaceOf(path);
    }

    private static HutchException Refused(string message) => ErrorCode.BadConfiguration.With(message).ToException();
}
