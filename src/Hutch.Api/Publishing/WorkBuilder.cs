using Hutch.Api.Http;
using Hutch.Model.Publications;
using Hutch.Publishing.Works;
using Hutch.Types.Validation;
using Hutch.Types.Vocabularies;
using Hutch.Zone.Publishing;

namespace Hutch.Api.Publishing;

/// <param name="tellsPending">True if DOIs that do not lead to their pages yet are included: for the service of DOIs.</param>
/// <param name="hasLogo">True if the operator gave a logo.</param>
internal sealed class WorkBuilder(
    ReadPublication publication, Func<string, string> address, DateTimeOffset now, bool tellsPending = false, bool hasLogo = false)
{
    public const string Root = "publications";

    /// <summary>The path segment of the operator's logo.</summary>
    public const string LogoName = "logo";

    /// <summary>The path segment after the first version for the page of all versions.</summary>
    public const string Versions = "versions";

    /// <summary>Builds a publication without its files and metadata.</summary>
    public static PublishedWork ForList(PublicationStatus status, Func<string, string> address, DateTimeOffset now)
    {
        return new WorkBuilder(new ReadPublication(status, null, status.Name.Home.IsOver), address, now).Build();
    }

    public PublishedWork Build()
    {
        PublicationRecord record = publication.Status.Record;
        return new PublishedWork
        {
            Dataset = record.Dataset,
            Description = record.Description,
            Version = record.Version!,
            ChangedAt = record.ChangedAt,
            Addresses = Addresses(record),
            Access = Access(publication.Status.Name.Visibility),
            Versions = [.. publication.Status.Series.Select(Version)],
            Files = publication.Files is { } files ? [.. files.Items.Where(IsFile).Select(File)] : null,
            HasMoreFiles = publication.Files?.IsTruncated == true,
            Techniques =
            [
                .. publication.Techniques.Select(static term => new WorkTerm(
                    Vocabulary.PaNet.Name, Vocabulary.PaNet.Address, term.Address, term.Label)),
            ],
            Facts = [.. publication.Metadata.Select(Fact)],
            WithdrawnAt = record.WithdrawnAt,
            WithdrawnWhy = record.WithdrawnWhy,
            Doi = FindDoi(record.Doi),
            PendingDoi = FindDoi(record.Doi) is null ? record.Doi?.Doi : null,
            SeriesDoi = FindDoi(record.SeriesDoi),
        };
    }

    private string? FindDoi(DoiRecord? doi) => doi is not null && (doi.IsCitable || tellsPending) ? doi.Doi : null;

    private static bool IsFile(ListItem item) => item.Entry is { Kind: EntryKind.File } && !item.IsVirtual;

    private WorkAddresses Addresses(PublicationRecord record) => new(
        Page(record.Dataset),
        $"{Page(record.Version!.Series)}/{Versions}",
        $"{address(PortalUrl.DatasetPage(record.Dataset))}?at={At}",
        Rest(RestCalls.Entries.List.At(record.Dataset)),
        Rest(RestCalls.Streams.Zip.At(record.Dataset)))
    {
        Picture = IsOpen && HasFiles ? Rest(RestCalls.Entries.Thumbnail.At(record.Dataset)) : null,
        Frames = IsOpen && HasFrames ? $"{address(PortalUrl.DatasetPage(record.Dataset) + "/frames")}?at={At}" : null,
        Home = address(""),
        Logo = hasLogo ? address($"{Root}/{LogoName}") : null,
    };

    private bool IsOpen => Access(publication.Status.Name.Visibility).Kind == WorkAccessKind.Open;

    private bool HasFiles => publication.Files?.Items.Any(IsFile) == true;

    /// <summary>True for a series: an entry describes its frames.</summary>
    private bool HasFrames => publication.Files?.Items.Any(static item => item.Path == FrameName.Header) == true;

    private string At => publication.Status.Record.Version!.Data.Snapshot.ToString(CultureInfo.InvariantCulture);

    private string Page(DatasetId dataset) => address($"{Root}/{dataset}");

    private string Rest<TCall>(BoundCall<TCall> call)
        where TCall : RestCall => address(call.With("at", At).Path);

    private WorkFile File(ListItem item) => new(
        item.Path,
        Rest(RestCalls.Entries.Read.At(publication.Status.Record.Dataset, item.Path)),
        item.Entry!.Size, FileTypes.For(item.Path, item.Entry), item.Entry.Hash);

    private static WorkFact Fact(AttributeValue value) => new(
        value.Attribute.Title,
        string.Join(", ", value.Items.Select(static one => one.Text)) + (value.Items is [{ Unit: { } unit }, ..] ? $" {unit}" : ""));

    private WorkVersion Version(PublicationRecord one) =>
        new(
        one.Dataset, one.Version!.Number, Page(one.Dataset), one.Version.PublishedAt, one.State == PublicationStage.Withdrawn,
        FindDoi(one.Doi));

    private WorkAccess Access(Visibility visibility)
    {
        if (publication.IsOver)
        {
            return new WorkAccess(WorkAccessKind.MetadataOnly);
        }

        if (visibility.At(now).HasFlag(Rights.Read))
        {
            return new WorkAccess(WorkAccessKind.Open);
        }

        if (visibility is { From: { } opens } && opens > now && visibility.Right.WithImplied().HasFlag(Rights.Read))
        {
            return new WorkAccess(WorkAccessKind.Embargoed, opens);
        }

        return new WorkAccess(WorkAccessKind.Restricted);
    }
}
