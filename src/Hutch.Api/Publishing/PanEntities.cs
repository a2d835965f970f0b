using System.Text.Json.Nodes;
using Hutch.Model.Publications;
using Hutch.Publishing.Identifiers;
using Hutch.Publishing.Pan;
using Hutch.Publishing.Works;
using Hutch.Types.Validation;
using Hutch.Types.Vocabularies;

namespace Hutch.Api.Publishing;

/// <summary>
/// Publications as entities of the PaN search API: each is a document with one dataset. Everything in them is on the public page; what only
/// readers of the dataset may know is there only while all may read it.
/// </summary>
internal static class PanEntities
{
    private const string Instrument = "instrument";

    /// <summary>The identifier: the DOI, once it resolves to the page; else the id.</summary>
    public static string IdOf(PublishedWork work) => work.Doi ?? work.Dataset.ToString();

    public static PanEntity Document(PublishedWork work, ReadPublication read, string facility) => new(
        new JsonObject
        {
            ["pid"] = IdOf(work),
            ["isPublic"] = work.Access.Kind == WorkAccessKind.Open,
            ["type"] = "publication",
            ["title"] = work.Title,
            ["summary"] = work.Description.Abstract,
            ["doi"] = work.Doi,
            ["releaseDate"] = WorkText.Moment(work.Access.OpensAt ?? work.Version.PublishedAt),
            ["license"] = work.Description.License,
            ["keywords"] = new JsonArray([.. work.Description.Keywords.Select(static one => JsonValue.Create(one))]),
        },
        new Dictionary<string, IReadOnlyList<PanEntity>>
        {
            ["members"] = [.. work.Description.Authors.Select(Member)],
            ["datasets"] = [Dataset(work, read, facility)],
            ["parameters"] = [.. ParametersOf(read)],
        });

    public static PanEntity Dataset(PublishedWork work, ReadPublication read, string facility) => new(
        new JsonObject
        {
            ["pid"] = IdOf(work),
            ["title"] = work.Title,
            ["isPublic"] = work.Access.Kind == WorkAccessKind.Open,
            ["size"] = (double)work.Version.Data.Bytes,
            ["creationDate"] = WorkText.Moment(work.Version.PublishedAt),
        },
        new Dictionary<string, IReadOnlyList<PanEntity>>
        {
            ["instrument"] = [.. TextsOf(read, Instrument).Select(name => OfInstrument(name, facility))],
            ["parameters"] = [.. ParametersOf(read)],
            ["files"] = [.. (work.Files ?? []).Select(File)],
            ["samples"] =
            [
                .. TextsOf(read, "sample").Select(static name => new PanEntity(new JsonObject { ["pid"] = name, ["name"] = name })),
            ],
            ["techniques"] = [.. TechniquesOf(read)],
        });

    /// <summary>Returns the techniques: terms of PaNET, other texts, or else the type.</summary>
    private static PanEntity[] TechniquesOf(ReadPublication read)
    {
        PanEntity[] given =
        [
            .. read.Techniques.Select(static term => new PanEntity(Technique(term))
            {
                Broader = [.. Vocabulary.PaNet.WithBroader(term).Skip(1).Select(Technique)],
            }),
            .. TextsOf(read, "techniques").Where(static text => Vocabulary.PaNet.Find(text) is null)
                .Select(static text => new PanEntity(new JsonObject { ["pid"] = text, ["name"] = text })),
        ];
        return given.Length == 0 && read.Type is { } type
            ? [new PanEntity(new JsonObject { ["pid"] = type.Name, ["name"] = type.Document.Title })]
            : given;
    }

    private static JsonObject Technique(VocabularyTerm term) =>
        new() { ["pid"] = term.Address, ["name"] = term.Label, ["panetId"] = term.Address };

    public static PanEntity OfInstrument(string name, string facility) =>
        new(new JsonObject { ["pid"] = name, ["name"] = name, ["facility"] = facility });

    private static PanEntity Member(PublicationAuthor author, int index) => new(
        new JsonObject { ["id"] = (double)(index + 1), ["role"] = "author" },
        new Dictionary<string, IReadOnlyList<PanEntity>>
        {
            ["person"] =
            [
                new PanEntity(new JsonObject
                {
                    ["id"] = Orcid.Parse(author.Orcid) ?? AuthorName.Inverted(author),
                    ["fullName"] = AuthorName.Straight(author),
                    ["orcid"] = Orcid.Parse(author.Orcid),
                    ["firstName"] = author.Given,
                    ["lastName"] = author.Name,
                }),
            ],
            ["affiliation"] =
            [
                .. author.Affiliations.Take(1).Select(static one => new PanEntity(new JsonObject { ["id"] = 1.0, ["name"] = one.Name })),
            ],
        });

    private static PanEntity File(WorkFile file, int index) => new(new JsonObject
    {
        ["id"] = (double)(index + 1),
        ["name"] = file.Path[(file.Path.LastIndexOf('/') + 1)..],
        ["path"] = file.Path,
        ["size"] = (double)file.Size,
    });

    private static IEnumerable<string> TextsOf(ReadPublication read, string attribute) =>
        read.Metadata.Where(one => one.Attribute.Name == attribute).SelectMany(static one => one.Items).Select(static item => item.Text);

    private static IEnumerable<PanEntity> ParametersOf(ReadPublication read) =>
        read.Metadata.SelectMany(static one => one.Items.Select(item => (one.Attribute.Name, Item: item)))
            .Select(static (one, index) => new PanEntity(new JsonObject
            {
                ["id"] = (double)(index + 1),
                ["name"] = one.Name,
                ["value"] = ValueOf(one.Item),
                ["unit"] = one.Item.Unit?.Symbol ?? "",
            }));

    private static JsonValue ValueOf(SingleValue item) =>
        item.Unit is { } unit && item.Number is { } number ? JsonValue.Create(unit.FromSi(number))
        : double.TryParse(item.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double plain) && double.IsFinite(plain)
            ? JsonValue.Create(plain)
        : JsonValue.Create(item.Text);
}
