namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>The documents of the programs of the <see cref="ProgramServer"/>.</summary>
internal static class ProgramDocuments
{
    private const string Look = """
        title: What a program sees
        version: "1"
        command:
          - sh
          - -c
          - 'cp "$1/a" "$2/copy"; ls / > "$2/root"; touch "$1/b" 2> "$2/denied" || true; env > "$2/env"; cat /proc/net/dev > "$2/net"; echo "$3" > "$2/value"; touch /dev/shm/a && echo written > "$2/shared"; (sleep 48151 &) ; echo seen'
          - sh
          - "{input}"
          - "{output}"
          - "{text}"
        parameters: {text: {kind: text, pattern: "[^x]*", default: "none"}}
        requires: [copy, value]
        """;

    internal const string Ends = """
        title: Ends as it is told
        version: "1"
        command: [sh, -c, 'echo begun > "$2/begun"; [ "$1" != wait ] || until [ -e GATE/open ]; do sleep 0.05; done; [ "$1" = nothing ] || echo made > "$2/made"; [ "$1" != code ] || exit 3', sh, "{how}", "{output}"]
        parameters: {how: {kind: text, choices: [wait, nothing, code]}}
        requires: [made]
        """;

    private const string Dice = """
        title: The same sum, and another number each time
        version: "1"
        inputs: {gain: {types: [table], optional: true}}
        command: [sh, -c, 'cat "$1/a" "$4" > "$2/sum"; [ "$3" = false ] || head -c 8 /dev/urandom > "$2/dice"', sh, "{input}", "{output}", "{dice}", ["{gain}/g"]]
        parameters: {dice: {kind: boolean, default: false}}
        """;

    private const string Inside = """
        title: What a program sees in its image
        version: "1"
        image: ada/tools@1
        command: [sh, -c, 'cat /etc/image "$1/a" > "$2/both"; ls /bin > "$2/programs"; id -u > "$2/account"; while read -r key value; do case $key in CapPrm:|CapEff:|NoNewPrivs:) echo "$key $value";; esac; done < /proc/self/status > "$2/rights"; echo no 2> "$2/denied" > /etc/no || true', sh, "{input}", "{output}"]
        requires: [both]
        """;

    private const string Greedy = """
        title: Leaves and prints too much, and a process
        version: "1"
        command: [sh, -c, 'case $1 in files) cd "$2" && seq 3000 | xargs touch;; log) yes beginning 2> /dev/null | head -c 9000000; yes middle 2> /dev/null | head -c 63000000; echo the end;; fork) (setsid sleep 48152 &) ; echo left;; esac', sh, "{what}", "{output}"]
        parameters: {what: {kind: text, choices: [files, log, fork]}}
        resources: {files: 200}
        attempts: 1
        """;

    private const string Scale = """
        title: A file times a factor
        version: "1"
        accepts: {types: [table]}
        command: [sh, -c, 'echo $(($(cat "$1/a") * $2)) > "$3/product"', sh, "{input}", "{factor}", "{output}"]
        parameters: {factor: {kind: integer, range: [1, 10], default: 2}}
        """;

    private const string Modular = """
        title: A program of an environment module
        version: "1"
        command: [bash, -c, '. SOFTWARE/modules/init/bash && module load fit && exec "$@"', bash, fit-it, "{input}/a", "{output}/fitted"]
        uses: {fit-licence: 1}
        """;

    private const string Flaky = """
        title: Succeeds at its second attempt, with what the first one left
        version: "1"
        command: [sh, -c, '[ -e "$1/first" ] || { echo 1 > "$1/first"; exit 75; }; echo 2 > "$1/made"', sh, "{output}"]
        requires: [made]
        retry: {after: [exit-code 75], delay: 4 s}
        """;

    private const string Count = """
        title: The number of bytes
        version: "1"
        command: [sh, -c, 'cat "$1"/* | wc -c > "$2/count"', sh, "{input}", "{output}"]
        output: {type: table, name: "{input}-COUNT"}
        """;

    private const string After = Count + "\naccepts: {types: [table]}\nwhen: {after: BEFORE}\n";

    private const string Pairs = """
        title: Two files at a time
        version: "1"
        each: {files: "*.mrc", parallel: 2}
        command: [sh, -c, 'case "$1" in */bad.mrc) exit 7;; esac; date +%s%N > "$2/begin"; sleep 1; date +%s%N > "$2/end"', sh, "{file}", "{output}"]
        requires: [end]
        """;

    private const string Noise = """
        title: The same volume but for noise, and a damaged one
        version: "1"
        command: [/usr/bin/python3, -c, 'import sys, os, h5py, numpy; f = h5py.File(sys.argv[1] + "/volume.h5", "w"); noise = numpy.random.default_rng().normal(size=(5, 7, 11)); f["/entry/data"] = numpy.arange(385.).reshape(5, 7, 11) * (1 + 1e-9 * noise); f["/entry/data"].attrs["unit"] = "mm"; f["/entry/names"] = ["alpha", "beta"]; f.create_dataset("/entry/packed", data=(numpy.ones((40, 40)) + 1e-9 * numpy.random.random()).astype("f4"), chunks=(8, 8), compression="gzip"); f["/noise"] = noise if sys.argv[2] == "true" else 0; open(sys.argv[1] + "/damaged.h5", "wb").write(b"\x89HDF\r\n\x1a\n" + os.urandom(500))', "{output}", "{noise}"]
        parameters: {noise: {kind: boolean, default: false}}
        rerun: {within: [{files: "*.h5", relative: 1e-6}]}
        """;

    /// <summary>All of them by their names.</summary>
    /// <param name="gate">The folder in which a file lets programs go on that wait.</param>
    /// <param name="software">The folder of the environment modules.</param>
    public static Dictionary<string, string> All(string gate, string software) => new()
    {
        ["look"] = Look,
        ["ends"] = Ends.Replace("GATE", gate),
        ["dice"] = Dice,
        ["inside"] = Inside,
        ["bare"] = Inside.Replace("@1", ""),
        ["greedy"] = Greedy,
        ["tiny"] = Greedy + "\nengine: tiny\n",
        ["scale"] = Scale,
        ["modular"] = Modular.Replace("SOFTWARE", software),
        ["greedier"] = Modular.Replace("SOFTWARE", software).Replace("licence: 1", "licence: 3"),
        ["flaky"] = Flaky,
        ["first"] = Count.Replace("COUNT", "first"),
        ["second"] = After.Replace("COUNT", "second").Replace("BEFORE", "first"),
        ["third"] = After.Replace("COUNT", "third").Replace("BEFORE", "second"),
        ["pairs"] = Pairs,
        ["noise"] = Noise,
    };
}
