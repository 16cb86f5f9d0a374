import ts from "typescript";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
const root = process.argv[2]!;
const cfg = ts.getParsedCommandLineOfConfigFile(join(root,"tsconfig.json"), {}, {...ts.sys, onUnRecoverableConfigFileDiagnostic(){}} as any)!;
const host: ts.LanguageServiceHost = { getScriptFileNames:()=>cfg.fileNames, getScriptVersion:()=>"0", getScriptSnapshot:f=>{const t=ts.sys.readFile(f); return t===undefined?undefined:ts.ScriptSnapshot.fromString(t)}, getCurrentDirectory:()=>root, getCompilationSettings:()=>cfg.options, getDefaultLibFileName:o=>ts.getDefaultLibFilePath(o), fileExists:ts.sys.fileExists, readFile:ts.sys.readFile, readDirectory:ts.sys.readDirectory, directoryExists:ts.sys.directoryExists, getDirectories:ts.sys.getDirectories };
const ls = ts.createLanguageService(host);
const prog = ls.getProgram()!;
const isTest=(f:string)=>/\.(test|fixture)\.tsx?$/.test(f)||f.startsWith(join(root,"test/"));
for (const sf of prog.getSourceFiles()) {
  const f=sf.fileName; if(!f.startsWith(join(root,"src/"))&&!f.startsWith(join(root,"web/"))&&!f.startsWith(join(root,"bench/"))) continue; if(isTest(f)||f.includes(".generated.")||f.endsWith("/index.ts")) continue;
  const decls:[string,number,string][]=[];
  for(const st of sf.statements){
    const exported=ts.canHaveModifiers(st)&&ts.getModifiers(st)?.some(m=>m.kind===ts.SyntaxKind.ExportKeyword);
    const add=(n:ts.Node,k:string)=>decls.push([n.getText(sf),n.getStart(sf),k]);
    if(ts.isVariableStatement(st)) for(const d of st.declarationList.declarations){ if(exported&&ts.isIdentifier(d.name)) add(d.name,"const"); }
    else if((ts.isFunctionDeclaration(st)||ts.isClassDeclaration(st)||ts.isInterfaceDeclaration(st)||ts.isTypeAliasDeclaration(st))&&st.name){ if(exported) add(st.name, ts.SyntaxKind[st.kind]);
      if(ts.isClassDeclaration(st)||ts.isInterfaceDeclaration(st)) for(const m of st.members){ if(m.name&&ts.isIdentifier(m.name)) add(m.name,"member of "+st.name.text);} }
  }
  for(const [n,pos,k] of decls){
    const refs=(ls.findReferences(f,pos)??[]).flatMap(r=>r.references).filter(r=>!r.isDefinition);
    const out=refs.filter(r=>!(r.fileName===f));
    const prod=out.filter(r=>!isTest(r.fileName));
    const own=refs.filter(r=>r.fileName===f);
    if(k.startsWith("member")){ if(prod.length===0&&own.length===0) console.log(`MEMBER unused  ${f.slice(root.length+1)} ${n} (${k}) tests:${out.length}`); }
    else if(prod.length===0) console.log(`EXPORT ${own.length?"own-only":"UNUSED"}  ${f.slice(root.length+1)} ${n} own:${own.length} tests:${out.length}`);
    else if(prod.every(r=>r.fileName.endsWith("/index.ts"))&&own.length===0) console.log(`INDEX-only ${f.slice(root.length+1)} ${n} tests:${out.length-prod.length}`);
  }
}
