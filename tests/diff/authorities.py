"""The package managers' own implementations: each takes pairs and gives a list of < = > and ?, or of true, false and ?.
One that is not on this machine raises Absent with the reason. What no package of the system brings is looked for in
the folder named by MUSTER_AUTHORITIES (docs/versions.md says how to fill it)."""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile


class Absent(Exception):
    pass


def run(args, text, partial=False, **more):
    done = subprocess.run(args, input=text.encode("latin-1"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **more)
    if done.returncode:
        raise Absent(f"{args[0]}: {done.stderr.decode('latin-1').strip()[:200]}")
    out = done.stdout.decode("latin-1").split("\n")
    return out if partial else out[:-1]


def need(program):
    path = shutil.which(program)
    if not path:
        raise Absent(f"no {program} on PATH")
    return path


def sign(n):
    return "<" if n < 0 else ">" if n > 0 else "="


def lines(pairs):
    return "".join(f"{a}\t{b}\n" for a, b in pairs)


def folder_of(*names):
    """A folder below MUSTER_AUTHORITIES, "" when there is none."""
    path = os.path.join(os.environ.get("MUSTER_AUTHORITIES", os.path.join(tempfile.gettempdir(), "muster-authorities")), *names)
    return path if os.path.exists(path) else ""


def script(interpreter, text, pairs, *args, **more):
    """Runs a text that reads lines of pairs and prints an answer a line; 3 as its exit status: what it needs is not there."""
    return run([*interpreter, text, *args], lines(pairs), **more)


DPKG = r"""
use Dpkg::Version;
while (<STDIN>) { chomp; my ($x, $y) = split /\t/, $_, -1;
  my ($v, $w) = (Dpkg::Version->new($x), Dpkg::Version->new($y));
  my $c = version_compare($x, $y); print $c < 0 ? "<\n" : $c > 0 ? ">\n" : "=\n"; }
"""


def dpkg_perl(pairs):
    perl = need("perl")
    if subprocess.run([perl, "-MDpkg::Version", "-e", "1"], stderr=subprocess.DEVNULL, check=False).returncode:
        raise Absent("no Dpkg::Version (package libdpkg-perl)")
    return run([perl, "-e", DPKG], lines(pairs))


def dpkg_program(pairs):
    dpkg = need("dpkg")
    out = []
    for a, b in pairs:
        def holds(operator, x=a, y=b):
            return subprocess.run([dpkg, "--compare-versions", "--", x, operator, y], stderr=subprocess.DEVNULL, check=False).returncode == 0
        out.append("<" if holds("lt") else ">" if holds("gt") else "=")
    return out


def rpm(pairs):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as f:
        f.write(lines(pairs))
        f.flush()
        script = ('%{lua: for l in io.lines("' + f.name + '") do local a, b = l:match("^(.-)\\t(.*)$") '
                  'local c = rpm.vercmp(a, b) print(c < 0 and "<\\n" or c > 0 and ">\\n" or "=\\n") end}')
        return [x for x in run([need("rpm"), "--eval", script], "") if x]


def packaging(pairs):
    try:
        from packaging.version import InvalidVersion, Version
    except ImportError as e:
        raise Absent("Python's packaging is not installed") from e
    cache = {}

    def read(text):
        if text not in cache:
            try:
                cache[text] = Version(text)
            except InvalidVersion:
                cache[text] = None
        return cache[text]
    out = []
    for a, b in pairs:
        x, y = read(a), read(b)
        out.append("?" if x is None or y is None else "<" if x < y else ">" if x > y else "=")
    return out


def specifiers(pairs):
    try:
        from packaging.specifiers import InvalidSpecifier, SpecifierSet
        from packaging.version import InvalidVersion, Version
    except ImportError as e:
        raise Absent("Python's packaging is not installed") from e
    out = []
    for a, b in pairs:
        try:
            asked = SpecifierSet(a)
            Version(b)
            out.append("true" if asked.contains(b, prereleases=True) else "false")
        except InvalidVersion:
            out.append("false" if "===" in a else "?")  # a text that is no version can only be named
        except InvalidSpecifier:
            out.append("?")
    return out


NODE = """
const semver = require('semver'); const what = process.argv[1];
const lines = require('fs').readFileSync(0, 'latin1').split('\\n'); lines.pop();
console.log(lines.map(l => { const [a, b] = l.split('\\t');
  if (what === 'compare') { if (!semver.valid(a) || !semver.valid(b)) return '?';
    const c = semver.compare(a, b); return c < 0 ? '<' : c > 0 ? '>' : '='; }
  if (semver.validRange(a) === null || !semver.valid(b)) return '?';
  return String(semver.satisfies(b, a)); }).join('\\n'));
"""


def node_folder():
    node = need("node")
    for folder in (os.environ.get("NODE_SEMVER"), os.path.join(tempfile.gettempdir(), "muster-node-semver")):
        if folder and os.path.isdir(os.path.join(folder, "node_modules", "semver")):
            return node, folder
    for folder in glob.glob("/usr/lib/node_modules/npm") + glob.glob("/usr/share/nodejs"):
        if os.path.isdir(os.path.join(folder, "node_modules", "semver")) or os.path.isdir(os.path.join(folder, "semver")):
            return node, folder
    raise Absent("no node-semver: set NODE_SEMVER to a folder where `npm install semver` was run")


def node(pairs, what):
    program, folder = node_folder()
    env = dict(os.environ, NODE_PATH=os.path.join(folder, "node_modules") + ":" + folder)
    return run([program, "-e", NODE, what], lines(pairs), env=env)


JAVA = """
import java.io.*;
import org.apache.maven.artifact.versioning.ComparableVersion;
public class Compare {
    public static void main(String[] a) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "ISO-8859-1"));
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out));
        for (String l; (l = in.readLine()) != null;) {
            String[] p = l.split("\\t", -1);
            int c = new ComparableVersion(p[0]).compareTo(new ComparableVersion(p[1]));
            out.println(c < 0 ? "<" : c > 0 ? ">" : "=");
        }
        out.flush();
    }
}
"""


def maven_jars():
    jars = glob.glob("/usr/share/maven/lib/*.jar")
    if not any("maven-artifact" in jar for jar in jars):
        raise Absent("no maven-artifact below /usr/share/maven/lib")
    return jars


def maven(pairs):
    return java_source(pairs, JAVA, maven_jars())


GO = """package main
import ("bufio"; "fmt"; "os"; "strings"; "golang.org/x/mod/semver")
func main() {
	in := bufio.NewScanner(os.Stdin); out := bufio.NewWriter(os.Stdout); defer out.Flush()
	for in.Scan() {
		p := strings.SplitN(in.Text(), "\\t", 2)
		if !semver.IsValid(p[0]) || !semver.IsValid(p[1]) { fmt.Fprintln(out, "?"); continue }
		fmt.Fprintln(out, [...]string{"<", "=", ">"}[semver.Compare(p[0], p[1])+1])
	}
}
"""


def go(pairs):
    return go_module(pairs, "golang.org/x/mod", GO)


def apk(pairs):
    program = need("apk")
    out = []
    for a, b in pairs:
        out.append(run([program, "version", "-t", a, b], "")[0])
    return out


RUBY = r"""
STDIN.each_line do |l|
  a, b = l.chomp.split("\t", -1)
  begin
    if ARGV[0] == "compare"
      puts({-1 => "<", 0 => "=", 1 => ">"}[Gem::Version.new(a) <=> Gem::Version.new(b)])
    else
      v = Gem::Version.new(b)
      puts Gem::Requirement.new(a.split(",")).satisfied_by?(v)
    end
  rescue ArgumentError
    puts "?"
  end
end
"""


def ruby(pairs, what="compare"):
    return script([need("ruby"), "-e"], RUBY, pairs, what)


PHP = r"""
require "Composer/Semver/autoload.php";
$parser = new Composer\Semver\VersionParser();
while (($l = fgets(STDIN)) !== false) {
    [$a, $b] = explode("\t", rtrim($l, "\n"));
    try {
        if ($argv[1] === "satisfies") {
            echo Composer\Semver\Semver::satisfies($b, $a) ? "true\n" : "false\n";
            continue;
        }
        $a = $parser->normalize($a); $b = $parser->normalize($b);
        if (substr($a, 0, 4) === "dev-" || substr($b, 0, 4) === "dev-") { echo "?\n"; continue; }
        $less = Composer\Semver\Comparator::lessThan($a, $b); $more = Composer\Semver\Comparator::lessThan($b, $a);
        echo $less ? "<\n" : ($more ? ">\n" : "=\n");
    } catch (UnexpectedValueException $e) { echo "?\n"; }
}
"""


def composer(pairs, what="compare"):
    program = need("php")
    if not os.path.exists("/usr/share/php/Composer/Semver/autoload.php"):
        raise Absent("no composer/semver (package php-composer-semver)")
    return script([program, "-d", "include_path=/usr/share/php", "-r"], PHP, pairs, "--", what)


R = r"""
l <- strsplit(readLines(file("stdin")), "\t", fixed = TRUE)
a <- package_version(vapply(l, function(p) p[1], ""), strict = FALSE)
b <- package_version(vapply(l, function(p) p[2], ""), strict = FALSE)
k <- ifelse(is.na(a) | is.na(b), "?", ifelse(a < b, "<", ifelse(a > b, ">", "=")))
cat(k, sep = "\n"); cat("\n")
"""


def r_package(pairs):
    return [x for x in script([need("Rscript"), "-e"], R, pairs) if x]


HASKELL = r"""
import Distribution.Parsec (simpleParsec)
import Distribution.Version (Version)
answer :: String -> String
answer l = let (a, b) = break (== '\t') l in
  case (simpleParsec a :: Maybe Version, simpleParsec (drop 1 b) :: Maybe Version) of
    (Just x, Just y) -> case compare x y of { LT -> "<"; EQ -> "="; GT -> ">" }
    _ -> "?"
main :: IO ()
main = interact (unlines . map answer . lines)
"""


def built(name, files, command, pairs, *args):
    """Builds a small program in a folder of its own and asks it."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(folder, path)), exist_ok=True)
            with open(os.path.join(folder, path), "w", encoding="ascii") as f:
                f.write(text)
        run(command, "", cwd=folder)
        return run([*(a.replace("FOLDER", folder) for a in args), ] if args else [os.path.join(folder, name)], lines(pairs))


def cabal(pairs):
    return built("compare", {"Main.hs": HASKELL}, [need("ghc"), "-v0", "-package", "Cabal", "Main.hs", "-o", "compare"], pairs)


ELIXIR = r"""
[what] = System.argv()
for l <- IO.stream(:stdio, :line) do
  [a, b] = l |> String.trim_trailing("\n") |> String.split("\t")
  answer =
    if what == "compare" do
      with {:ok, x} <- Version.parse(a), {:ok, y} <- Version.parse(b) do
        %{lt: "<", eq: "=", gt: ">"}[Version.compare(x, y)]
      else
        _ -> "?"
      end
    else
      with {:ok, r} <- Version.parse_requirement(a), {:ok, v} <- Version.parse(b) do
        to_string(Version.match?(v, r))
      else
        _ -> "?"
      end
    end
  IO.puts(answer)
end
"""


def elixir(pairs, what="compare"):
    program = need("elixir")
    with tempfile.NamedTemporaryFile("w", suffix=".exs") as f:
        f.write(ELIXIR)
        f.flush()
        return run([program, f.name, what], lines(pairs), env=dict(os.environ, LC_ALL="C.UTF-8"))


def alpm(pairs):
    import ctypes
    import ctypes.util
    name = ctypes.util.find_library("alpm")
    if not name:
        raise Absent("no libalpm (package pacman-package-manager)")
    compare = ctypes.CDLL(name).alpm_pkg_vercmp
    return [sign(compare(a.encode("latin-1"), b.encode("latin-1"))) for a, b in pairs]


RUST_MANIFEST = """[package]
name = "compare"
version = "0.1.0"
edition = "2021"
[dependencies]
semver = "1"
"""
RUST = r"""
use std::io::{BufRead, Write};
fn main() {
    let what = std::env::args().nth(1).unwrap();
    let mut out = std::io::BufWriter::new(std::io::stdout());
    for l in std::io::stdin().lock().lines() {
        let l = l.unwrap();
        let (a, b) = l.split_once('\t').unwrap();
        let answer = if what == "compare" {
            match (semver::Version::parse(a), semver::Version::parse(b)) {
                (Ok(x), Ok(y)) => match x.cmp_precedence(&y) {
                    std::cmp::Ordering::Less => "<",
                    std::cmp::Ordering::Equal => "=",
                    std::cmp::Ordering::Greater => ">",
                },
                _ => "?",
            }
        } else {
            match (semver::VersionReq::parse(a), semver::Version::parse(b)) {
                (Ok(r), Ok(v)) => if r.matches(&v) { "true" } else { "false" },
                _ => "?",
            }
        };
        writeln!(out, "{}", answer).unwrap();
    }
}
"""


def cargo(pairs, what="compare"):
    program = need("cargo")
    return built("", {"Cargo.toml": RUST_MANIFEST, "src/main.rs": RUST}, [program, "build", "--release", "--offline", "--quiet"], pairs,
                 "FOLDER/target/release/compare", what)


GO_KUBE = """package main
import ("bufio"; "fmt"; "os"; "strings"; "k8s.io/apimachinery/pkg/version")
func main() {
	in := bufio.NewScanner(os.Stdin); out := bufio.NewWriter(os.Stdout); defer out.Flush()
	for in.Scan() {
		p := strings.SplitN(in.Text(), "\\t", 2)
		c := version.CompareKubeAwareVersionStrings(p[0], p[1])
		switch { case c < 0: fmt.Fprintln(out, "<"); case c > 0: fmt.Fprintln(out, ">"); default: fmt.Fprintln(out, "=") }
	}
}
"""
GO_BITNAMI = """package main
import ("bufio"; "fmt"; "os"; "strings"; "github.com/bitnami/go-version/pkg/version")
func main() {
	in := bufio.NewScanner(os.Stdin); out := bufio.NewWriter(os.Stdout); defer out.Flush()
	for in.Scan() {
		p := strings.SplitN(in.Text(), "\\t", 2)
		a, e := version.Parse(p[0]); b, f := version.Parse(p[1])
		if e != nil || f != nil { fmt.Fprintln(out, "?"); continue }
		fmt.Fprintln(out, [...]string{"<", "=", ">"}[a.Compare(b)+1])
	}
}
"""


def go_module(pairs, module, text):
    """Asks a small Go program that uses one module of the module cache."""
    program = need("go")
    cached = glob.glob(os.path.join(run([program, "env", "GOMODCACHE"], "")[0], module + "@*"))
    if not cached:
        raise Absent(f"{module} is not in the module cache")
    version = sorted(cached)[-1].rsplit("@", 1)[1]
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("go.mod", f"module compare\ngo 1.20\nrequire {module} {version}\n"), ("main.go", text)):
            with open(os.path.join(folder, name), "w", encoding="ascii") as f:
                f.write(content)
        env = dict(os.environ, GOFLAGS="-mod=mod", GOPROXY="off", GOTOOLCHAIN="local")
        run([program, "build", "-o", "compare", "."], "", cwd=folder, env=env)
        return run([os.path.join(folder, "compare")], lines(pairs))


JAVA_RUNTIME = """
import java.io.*;
public class Compare {
    static Runtime.Version read(String s) {
        try { return Runtime.Version.parse(s); } catch (IllegalArgumentException e) { return null; }
    }
    public static void main(String[] a) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "ISO-8859-1"));
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out));
        for (String l; (l = in.readLine()) != null;) {
            String[] p = l.split("\\t", -1);
            Runtime.Version x = read(p[0]), y = read(p[1]);
            int c = x == null || y == null ? 0 : x.compareToIgnoreOptional(y);
            out.println(x == null || y == null ? "?" : c < 0 ? "<" : c > 0 ? ">" : "=");
        }
        out.flush();
    }
}
"""
JAVA_RANGES = """
import java.io.*;
import org.apache.maven.artifact.versioning.*;
public class Compare {
    public static void main(String[] a) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, "ISO-8859-1"));
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out));
        for (String l; (l = in.readLine()) != null;) {
            String[] p = l.split("\\t", -1);
            try {
                out.println(VersionRange.createFromVersionSpec(p[0]).containsVersion(new DefaultArtifactVersion(p[1])));
            } catch (InvalidVersionSpecificationException e) {
                out.println("?");
            }
        }
        out.flush();
    }
}
"""


def java_source(pairs, text, jars=()):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "Compare.java"), "w", encoding="ascii") as f:
            f.write(text)
        return run([need("java"), "-cp", ":".join(jars) or folder, os.path.join(folder, "Compare.java")], lines(pairs))


def maven_ranges(pairs):
    return java_source(pairs, JAVA_RANGES, maven_jars())


PORTAGE = r"""
import sys
try:
    from portage.versions import vercmp, ververify
except ImportError:
    sys.exit("no portage: pip install --target \"$MUSTER_AUTHORITIES/python\" portage")
for l in sys.stdin:
    a, b = l.rstrip("\n").split("\t")
    c = vercmp(a, b) if ververify(a) and ververify(b) else None
    print("?" if c is None else "<" if c < 0 else ">" if c > 0 else "=")
"""
CONAN = r"""
import sys
try:
    from conan.internal.model.version import Version
    from conan.internal.model.version_range import VersionRange
except ImportError:
    sys.exit("no conan: pip install --target \"$MUSTER_AUTHORITIES/python\" conan")
for l in sys.stdin:
    a, b = l.rstrip("\n").split("\t")
    if sys.argv[1] == "compare":
        x, y = Version(a), Version(b)
        print("<" if x < y else ">" if y < x else "=")
        continue
    try:
        print(str(VersionRange(a).contains(Version(b), resolve_prerelease=True)).lower())
    except Exception:
        print("?")
"""


def python(pairs, text, what="compare"):
    return script([sys.executable, "-c"], text, pairs, what, env=dict(os.environ, PYTHONPATH=folder_of("python")))


PERL = r"""
use version 0.77;
while (<STDIN>) { chomp; my ($x, $y) = split /\t/, $_, -1;
  my ($v, $w) = (eval { version->parse($x) }, eval { version->parse($y) });
  if (!version::is_lax($x) || !version::is_lax($y) || !defined $v || !defined $w) { print "?\n"; next }
  my $c = $v <=> $w; print $c < 0 ? "<\n" : $c > 0 ? ">\n" : "=\n"; }
"""


def perl(pairs):
    return script([need("perl"), "-e"], PERL, pairs)


LUA = r"""
io.stderr:setvbuf("full")
local ok, vers = pcall(require, "luarocks.core.vers")
if not ok then os.exit(3) end
require("luarocks.core.util").warning = function() end
for l in io.lines() do
  local a, b = l:match("^(.-)\t(.*)$")
  local x, y = vers.parse_version(a), vers.parse_version(b)
  io.write((not x or not y) and "?" or x < y and "<" or y < x and ">" or "=", "\n")
end
"""


def luarocks(pairs):
    return script([need("lua"), "-e"], LUA, pairs)


NIX = r"""
map (p: let c = builtins.compareVersions (builtins.elemAt p 0) (builtins.elemAt p 1); in if c < 0 then "<" else if c > 0 then ">" else "=")
"""


def nix(pairs):
    program = need("nix-instantiate")
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "pairs.json"), "w", encoding="ascii") as f:
            json.dump(pairs, f)
        text = f"{NIX} (builtins.fromJSON (builtins.readFile {folder}/pairs.json))"
        out = run([program, "--eval", "--strict", "--json", "-E", text, "--store", "dummy://"], "", partial=True)
        return json.loads("".join(out))


OCAML = r"""
let () = try while true do
  let l = input_line stdin in
  let i = String.index l '\t' in
  let c = OpamVersionCompare.compare (String.sub l 0 i) (String.sub l (i + 1) (String.length l - i - 1)) in
  print_endline (if c < 0 then "<" else if c > 0 then ">" else "=")
done with End_of_file -> ()
"""


def opam(pairs):
    source = folder_of("opam", "opamVersionCompare.ml")
    if not source:
        raise Absent("no opam/opamVersionCompare.ml, the one file of opam's source that has its order, in MUSTER_AUTHORITIES")
    with open(source, encoding="ascii") as f:
        text = f.read().replace("OpamCompat.Int.min", "min")
    return built("compare", {"opamVersionCompare.ml": text, "main.ml": OCAML},
                 [need("ocamlc"), "-w", "-a", "opamVersionCompare.ml", "main.ml", "-o", "compare"], pairs)


NUGET = r"""
using System; using System.IO; using System.Reflection;
class Compare {
    static void Main(string[] args) {
        var nuget = Assembly.LoadFrom(args[0]);
        var type = nuget.GetType("NuGet.Versioning.NuGetVersion"); var ranges = nuget.GetType("NuGet.Versioning.VersionRange");
        var read = type.GetMethod("TryParse"); var readRange = ranges.GetMethod("TryParse", new[] {typeof(string), ranges.MakeByRefType()});
        var satisfies = ranges.GetMethod("Satisfies", new[] {type});
        var output = new StreamWriter(Console.OpenStandardOutput());
        for (string line; (line = Console.In.ReadLine()) != null;) {
            var p = line.Split('\t');
            object[] x = {p[0], null}, y = {p[1], null};
            bool known = (bool)(args[1] == "compare" ? read : readRange).Invoke(null, x) & (bool)read.Invoke(null, y);
            if (!known) output.WriteLine("?");
            else if (args[1] == "compare") { int c = ((IComparable)x[1]).CompareTo(y[1]); output.WriteLine(c < 0 ? "<" : c > 0 ? ">" : "="); }
            else output.WriteLine((bool)satisfies.Invoke(x[1], new[] {y[1]}) ? "true" : "false");
        }
        output.Flush();
    }
}
"""


def nuget(pairs, what="compare"):
    mono, compiler = need("mono"), need("mcs")
    programs = glob.glob(folder_of("node") + "/node_modules/nuget-exe/nuget-*.exe")
    if not programs:
        raise Absent('no nuget.exe: npm install --prefix "$MUSTER_AUTHORITIES/node" nuget-exe')
    return built("", {"compare.cs": NUGET}, [compiler, "compare.cs"], pairs, mono, "FOLDER/compare.exe", programs[-1], what)


DPKG_RELATION = r"""
use Dpkg::Version;
while (<STDIN>) { chomp; my ($r, $v) = split /\t/, $_, -1;
  my ($op, $bound) = $r =~ /^(<<|<=|=|>=|>>) ?(.*)$/;
  print version_compare_relation(Dpkg::Version->new($v), $op, Dpkg::Version->new($bound)) ? "true\n" : "false\n"; }
"""


def dpkg_relation(pairs):
    perl_program = need("perl")
    if subprocess.run([perl_program, "-MDpkg::Version", "-e", "1"], stderr=subprocess.DEVNULL, check=False).returncode:
        raise Absent("no Dpkg::Version (package libdpkg-perl)")
    return script([perl_program, "-e"], DPKG_RELATION, pairs)
