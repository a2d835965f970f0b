using Hutch.Datasets.Repositories;
using Hutch.Model.Site;

namespace Hutch.Api.Documents;

/// <summary>Pushes as the REST interface writes them.</summary>
internal static class PushDocuments
{
    public static PushSession From(SiteSession session) => new()
    {
        Id = session.Id.ToString("N"),
        Dataset = session.Dataset,
        Base = session.Base,
        HeadVersion = session.Base ?? 0,
        Expires = DateTimeOffset.FromUnixTimeMilliseconds(session.Expires),
    };

    public static SentContentInfo From(UnreferencedUpload item) => new()
    {
        Id = item.Id,
        Kind = item.Kind == UnreferencedUploadKind.Push ? "push" : "key",
        By = item.By,
        Bytes = item.Bytes,
        Since = item.Since > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(item.Since) : null,
        Ends = item.Ends is long ends ? DateTimeOffset.FromUnixTimeMilliseconds(ends) : null,
    };
}
