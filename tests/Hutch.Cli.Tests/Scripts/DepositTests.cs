using System.Text.Json.Nodes;

namespace Hutch.Cli.Tests.Scripts;

/// <summary>Deposits of a real server's datasets in a repository, with the real command.</summary>
public sealed class DepositTests(LocalServer server) : IClassFixture<LocalServer>, IAsyncLifetime
{
    private const string Description =
        """
        {"title": "Frames of lysozyme", "abstract": "At 100 K.\nTwice & more.", "publisher": "Institute of Tests", "license": "CC-BY-4.0",
         "keywords": ["lysozyme"], "language": "en",
         "authors": [{"name": "Lovelace", "given": "Ada", "orcid": "0000-0002-1825-0097", "affiliations": [{"name": "Institute"}]},
                     {"name": "Plato"}, {"name": "The Team", "isOrganisation": true}],
         "funding": [{"funder": "The Fund", "award": "T-1"}], "related": [{"identifier": "10.5281/zenodo.1", "relation": "IsSupplementTo"}]}
        """;

    private InvenioPeer _repository = null!;

    public async ValueTask InitializeAsync() => _repository = await InvenioPeer.StartAsync();

    public ValueTask DisposeAsync() => _repository.DisposeAsync();

    [Fact]
    public async Task An_interrupted_deposit_continues_with_the_next_file_in_the_same_draft()
    {
        ScriptPerson ada = await PublishAsync("ada");
        _repository.Cut = "b.dat";
        (await ada.RunShellAsync(
            $"""
            code=0; echo {InvenioPeer.Token} | hutch deposit {_repository.Address} data > out 2> words || code=$?; test $code != 0; cat words
            grep -q 'does not answer' words; grep -q 'continues with the next file' words
            """)).AssertDone();
        _repository.Cut = null;
        (await ada.RunShellAsync(
            $"""
            echo {InvenioPeer.Token} | hutch deposit {_repository.Address} data 2> words | grep -q '/uploads/abcd1-x is a draft with all files.'
            grep -q 'Left out: 1 symbolic link' words
            test -z "$(grep -r {InvenioPeer.Token} ~ || true)"
            """)).AssertDone();

        InvenioPeer.Record draft = Assert.Single(_repository.Records);
        Assert.Equal(["a.dat", "b.dat", "run/c d.dat"], draft.Files.Keys);
        Assert.All(draft.Files.Values, static file => Assert.True(file.IsComplete));
        Assert.Equal(["a.dat", "b.dat", "run/c d.dat"], _repository.Arrived);
        Assert.Empty(draft.Problems());
        Assert.Equal(
            """
            {"access":{"record":"public","files":"public"},"files":{"enabled":true},"metadata":{"resource_type":{"id":"dataset"},"title":"Frames of lysozyme","creators":[{"person_or_org":{"type":"personal","family_name":"Lovelace","given_name":"Ada","identifiers":[{"scheme":"orcid","identifier":"0000-0002-1825-0097"}]},"affiliations":[{"name":"Institute"}]},{"person_or_org":{"type":"personal","family_name":"Plato"}},{"person_or_org":{"type":"organizational","name":"The Team"}}],"version":"1","publisher":"Institute of Tests","description":"\u003Cp\u003EAt 100 K.\u003C/p\u003E\u003Cp\u003ETwice \u0026amp; more.\u003C/p\u003E","rights":[{"id":"cc-by-4.0"}],"subjects":[{"subject":"lysozyme"}],"languages":[{"id":"eng"}],"funding":[{"funder":{"name":"The Fund"},"award":{"number":"T-1","title":{"en":"T-1"}}}]}}
            """,
            Without(draft.Body, "publication_date", "related_identifiers").ToJsonString());
        Assert.Equal(
            ["10.5281/zenodo.1 doi issupplementto", "PAGE url isidenticalto"],
            draft.Body["metadata"]!["related_identifiers"]!.AsArray().Select(static one =>
                $"{(one!["identifier"]!.GetValue<string>().Contains("/publications/", StringComparison.Ordinal) ? "PAGE" : one["identifier"])} {one["scheme"]} {one["relation_type"]!["id"]}"));
    }

    [Fact]
    public async Task A_published_record_is_named_here_and_a_later_version_becomes_a_new_version_there()
    {
        ScriptPerson bea = await PublishAsync("bea");
        (await bea.RunShellAsync(
            $"""
            echo {InvenioPeer.Token} | hutch deposit {_repository.Address} data --tar --publish | grep -q 'is published: 10.5281/zenodo.abcd1-x'
            hutch publication show data --json | jq -e '.description.related[1] == {"{"}identifier: "10.5281/zenodo.abcd1-x", relation: "IsIdenticalTo"{"}"}'
            echo {InvenioPeer.Token} | hutch deposit {_repository.Address} data --tar | grep -q 'is published: 10.5281/zenodo.abcd1-x'
            mkdir two; cd two; echo 2 > new; hutch init --name next; hutch push; hutch close next
            hutch publication show data --json | jq .description > ../second.json
            hutch publish next --description ../second.json --new-version-of data --yes
            echo {InvenioPeer.Token} | hutch deposit {_repository.Address} next | grep -q '/uploads/abcd2-x is a draft with all files.'
            rm -r ~/.local/state/hutch/deposits
            echo {InvenioPeer.Token} | hutch deposit {_repository.Address} next | grep -q '/uploads/abcd2-x is a draft with all files.'
            """)).AssertDone();

        Assert.Equal([null, "abcd1-x"], _repository.Records.Select(static one => one.Previous));
        Assert.Equal(["a.dat", "b.dat", "run.tar"], _repository.Records[0].Files.Keys);
        Assert.Equal(["new"], _repository.Records[1].Files.Keys);
    }

    [Fact]
    public async Task What_a_repository_would_refuse_is_refused_before_the_first_byte()
    {
        ScriptPerson cyd = await PublishAsync("cyd");
        (await cyd.RunShellAsync(
            $"""
            refuse() {"{"} code=0; "$@" > out 2> words < token || code=$?; test $code != 0; cat words; {"}"}
            echo {InvenioPeer.Token} > token; echo other > wrong; mkdir open; cd open; echo 1 > one; hutch init --name open; hutch push; cd ..
            refuse hutch deposit {_repository.Address} data --max-files 2; grep -q 'The deposit has 3 files, and a record takes at most 2.' words
            grep -q -- '--tar' words
            refuse hutch deposit {_repository.Address} data --max-bytes 100; grep -q 'a record takes at most 100 B' words
            refuse hutch deposit {_repository.Address} data --doi here; grep -q 'has no DOI here' words
            refuse hutch deposit {_repository.Address} open; grep -q 'cyd/open is not published.' words
            refuse hutch deposit http://192.0.2.1 data; grep -q 'plain HTTP' words
            code=0; hutch deposit {_repository.Address} data < wrong 2> words || code=$?; test $code != 0; grep -q 'answered 403: Permission denied.' words
            hutch deposit {_repository.Address} --check < token | grep -q 'made and deleted the draft'
            """)).AssertDone();

        Assert.Empty(_repository.Records);
        Assert.Empty(_repository.Arrived);
    }

    [Fact]
    public async Task A_file_that_arrives_changed_is_removed_there()
    {
        ScriptPerson dan = await PublishAsync("dan");
        _repository.IsDamaging = true;
        (await dan.RunShellAsync(
            $"""
            code=0; echo {InvenioPeer.Token} | hutch deposit {_repository.Address} data 2> words || code=$?; test $code != 0
            grep -q "'a.dat' arrived changed" words
            """)).AssertDone();

        Assert.Empty(Assert.Single(_repository.Records).Files);
    }

    private async Task<ScriptPerson> PublishAsync(string name)
    {
        ScriptPerson person = await server.NewUserAsync(name);
        (await person.RunShellAsync(
            $"""
            mkdir -p data/run; cd data; head -c 70000 /dev/urandom > a.dat; echo b > b.dat; echo c > 'run/c d.dat'; ln -s a.dat link
            hutch init --name data; hutch push; hutch close data
            cat > ../description.json <<'END'
            {Description}
            END
            hutch publish data --description ../description.json --yes
            """)).AssertDone();
        return person;
    }

    private static JsonObject Without(JsonObject body, params string[] keys)
    {
        var copy = (JsonObject)body.DeepClone();
        foreach (string key in keys)
        {
            copy["metadata"]!.AsObject().Remove(key);
        }

        return copy;
    }
}
