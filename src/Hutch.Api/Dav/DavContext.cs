using Hutch.Api.Http;
using Hutch.Zone.Names;

namespace Hutch.Api.Dav;

/// <param name="Names">Resolves owners and datasets.</param>
internal sealed record DavContext(ApiContext Api, DatasetNames Names);
