using Hutch.Api.Http;
using Hutch.Datasets;
using Hutch.Zone.Names;

namespace Hutch.Api.Dav;

/// <param name="Names">Resolves owners and datasets.</param>
/// <param name="Router">Refuses changes of datasets that are at home elsewhere.</param>
internal sealed record DavContext(ApiContext Api, DatasetNames Names, WriteRouter Router, FileModule Files, DavLocks Locks);
