using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>What is published, as strangers' programs read it.</summary>
public sealed class PublicationTests(SharedServer shared)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Search_engines_reference_managers_and_pandoc_read_a_publication()
    {
        using Account person = await shared.NewAccountAsync(Ct);

        CommandResult done = (await person.RunShellAsync(
            """
            mkdir -p data/raw && echo one > data/raw/frame.cbf && (cd data && hutch init && hutch push) && hutch close data
            cat >publication.json <<'JSON'
            {"title": "100 % of {lysozyme} & more", "abstract": "Frames of a crystal.\nTwo lines.", "publisher": "Beamline 13",
             "license": "CC-BY-4.0", "keywords": ["lysozyme"], "related": [{"identifier": "10.5281/zenodo.1234", "relation": "Cites"}],
             "authors": [{"name": "Lovelace", "given": "Ada", "orcid": "0000-0002-1825-0097"}, {"name": "The Müller Group", "isOrganisation": true}]}
            JSON
            page=$(hutch publish data --description publication.json --yes --json | jq -r .page)
            curl -sf "$page" >page.html
            for form in bibtex ris csl ro-crate; do curl -sf "$page?format=$form" >out.$form; done
            cat >read.py <<'PROGRAM'
            import extruct, json, rdflib
            from pyld import jsonld
            found = extruct.extract(open("page.html").read(), syntaxes=["json-ld", "dublincore"])
            print("extruct:", found["json-ld"][0]["name"], "|", [e["content"] for e in found["dublincore"][0]["elements"] if e["name"] == "DC.creator"])
            def read(document, vocabulary):
                load = lambda url, options={}: {"contextUrl": None, "documentUrl": url, "document": {"@context": vocabulary}}
                graph = rdflib.ConjunctiveGraph()
                graph.parse(data=jsonld.to_rdf(document, {"documentLoader": load, "format": "application/n-quads"}), format="nquads")
                return graph
            schema = rdflib.Namespace("http://schema.org/")
            page = read(found["json-ld"][0], {"@vocab": str(schema)})
            print("rdflib:", *page.objects(None, schema.sha256), len(list(page.objects(None, schema.creator))))
            crate = read(json.load(open("out.ro-crate")), {"@vocab": str(schema), "File": str(schema.MediaObject)})
            print("crate:", *[crate.value(one, schema.name) for one in crate.subjects(rdflib.RDF.type, schema.MediaObject)])
            PROGRAM
            /usr/bin/python3 read.py
            echo "pandoc from BibTeX: $(pandoc --from bibtex --to csljson out.bibtex | jq -c '.[0] | [.title, .author, .publisher]')"
            echo "pandoc from CSL: $(pandoc --standalone --from csljson --to markdown out.csl | grep -c 'type: dataset')"
            bib2xml out.bibtex 2>/dev/null | grep -o '<title>[^<]*'
            ris2xml out.ris 2>/dev/null | grep -o '<namePart type="family">[^<]*'
            """,
            Ct)).AssertDone();

        Assert.Contains("extruct: 100 % of {lysozyme} & more | ['Lovelace, Ada', 'The Müller Group']", done.Output, StringComparison.Ordinal);
        Assert.Contains("rdflib: 2c8b08da5ce60398e1f19af0e5dccc744df274b826abe585eaba68c525434806 2", done.Output, StringComparison.Ordinal);
        Assert.Contains("crate: raw/frame.cbf", done.Output, StringComparison.Ordinal);
        Assert.Contains(
            """
            pandoc from BibTeX: ["100 % of {lysozyme} & more",[{"family":"Lovelace","given":"Ada"},{"literal":"The Müller Group"}],"Beamline 13"]
            """.Trim(),
            done.Output, StringComparison.Ordinal);
        Assert.Contains("pandoc from CSL: 1", done.Output, StringComparison.Ordinal);
        Assert.Contains("<title>100 % of {lysozyme} &amp; more", done.Output, StringComparison.Ordinal);
        Assert.Contains("<namePart type=\"family\">Lovelace", done.Output, StringComparison.Ordinal);
    }
}
