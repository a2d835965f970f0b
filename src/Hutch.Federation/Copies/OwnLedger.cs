using Hutch.Model;
using Hutch.Model.Zone;
using Hutch.Zone.Sites;

namespace Hutch.Federation.Copies;

/// <summary>The zone, for copies at the site beside it.</summary>
internal sealed class OwnLedger(SiteRegistry registry, CopyRegistry copies) : ICopyLedger
{
    public async Task<Result<Done>> TellAsync(DatasetId dataset, CopyProgress progress, CancellationToken ct)
    {
        await copies.TellAsync(registry.OwnId, dataset, progress, ct);
        return Done.Value;
    }
}
