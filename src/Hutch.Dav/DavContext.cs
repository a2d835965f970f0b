using Hutch.Datasets;
using Hutch.Datasets.Replication.Sites;
using Hutch.Zone.Names;

namespace Hutch.Dav;

/// <param name="Names">Resolves owners and datasets.</param>
/// <param name="Router">Refuses changes of datasets that are at home elsewhere.</param>
internal sealed record DavContext(DoorContext Door, DatasetNames Names, WriteRouter Router, FileModule Files, DavLocks Locks);
