using Hutch.Datasets.Replication.Sites;

namespace Hutch.Datasets.Registry;

/// <summary>Describes datasets for what the zone decides of them, wherever they are: here, or as their home describes them.</summary>
/// <param name="others">Reads those of other sites; null where there are none.</param>
internal sealed class FederatedDescriber(DatasetDescriber own, SiteRegistry sites, IReadThrough? others)
{
    /// <summary>Describes a dataset to a caller that may know of it: this checks no right.</summary>
    public async ValueTask<Result<DatasetDescription>> DescribeAsync(Caller caller, Access access, CancellationToken ct)
    {
        Result<DatasetDescription> here = await own.DescribeAsync(caller, access, ct);
        if (here.IsOk || others is null || access.Dataset.Home.SiteId == sites.OwnId)
        {
            return here;
        }

        Result<ReadRoute> there = ReadRouter.CheckNotEnded(access.Dataset) is { } over
            ? over
            : await others.OpenAsync(caller, access.Dataset, null, newerThan: -1, ct);
        return there.IsOk ? await there.Value.Reader.Describer.DescribeAsync(caller, access, ct) : there.Error;
    }

    /// <summary>The same for what a change has left, which was made whether or not it can be shown.</summary>
    public async ValueTask<Result<DatasetDescription>> DescribeChangedAsync(Caller caller, Access access, CancellationToken ct)
    {
        Result<DatasetDescription> changed = await DescribeAsync(caller, access, ct);
        return changed.IsOk || changed.Error.Code != ErrorCode.Unavailable
            ? changed
            : changed.Error with { Message = "The change was made, but what it has left cannot be shown. " + changed.Error.Message };
    }
}
