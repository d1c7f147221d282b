//! States that last beyond what opened them: behind `#` and a reference, and behind properties.
//!
//! Expected outputs were produced by Apache Velocity 1.7.

use crate::support::{Case, PARSE, agree, both, same};

#[test]
fn states_last() {
    agree(STATES);
}

#[rustfmt::skip]
const STATES: &[Case] = &[
    same("#$n##c\n#set($y = 1)", PARSE),
    same("#$n#*c*##set($y = 1)$y", "#71"),
    same("#$n#foo()#set($y = 1)", PARSE),
    same("#$n#if($t)#set($y = 1)#end$y", PARSE),
    same("#$n#if($t)a#set($y = 1)#end$y", "#7a1"),
    same("#$n#set($x = 1)#if($t)#set($y = 2)#end", PARSE),
    same("#$n#set($y = 1)$y", "#71"),
    same("#*", PARSE),
    same("#**", ""),
    same("#if($f)$user.first##else x#end", " x"),
    same("#if($t)#$n#end #set($y = 1)$y", "#71"),
    same("#if($t)#$n#end#if($t)$n#end#set($y = 1)", PARSE),
    same("#if($t)#$n#end#if($t)$n#set($y = 1)#end$y", "#771"),
    same("#if($t)#$n#end#set($y = 1)$y", PARSE),
    same("#if($t)#1$n#end#set($y = 1)$y", "#171"),
    same("#if($t)$name$user.first#end\n[x", "AdaGrace[x"),
    same("#if($t)$user.first##end x", "Grace x"),
    same("#if($t)$user.first#end##c", "Grace"),
    same("#if($t)$user.first$name#end x##c", "GraceAda x"),
    same("#if($t)$user.first$name#end \n{\"x\"", "GraceAda{\"x\""),
    same("#if($t)$user.first$name#end##c\nx", "GraceAda##c\nx"),
    same("#if($t)$user.first$name#end${n}##c", "GraceAda7##c"),
    same("#if($t)$user.first$name#end\n[x", PARSE),
    same("#if($t)$user.first$name#end\n{x", PARSE),
    same("$user.first #set($x = 1)\n##c", "Grace##c"),
    same("$user.first####c\nx", "Gracex"),
    same("$user.first###c", "Grace"),
    same("$user.first##*c*#", "Grace"),
    same("$user.first##\\$n", "Grace##\\7"),
    same("$user.first##c\n##d", "Grace##c\n"),
    same("$user.first##if($t)a#end", "Gracea"),
    same("$user.first##set($x = 1)", PARSE),
    same("$user.first#*c*###c", "Grace##c"),
    same("$user.first#[[x]]###c", "Gracex##c"),
    same("$user.first#set($x = 1)##c", "Grace##c"),
    same("$user.first$name##c\n##d", "GraceAda##d"),
    same("$user.first$name##c\n[x", PARSE),
    same("$user.first$name#foreach($i in [1])##c\n#end", "GraceAda##c\n"),
    same("x#*", PARSE),
    both("$user.first$.x", "$user.first.x", ""),
    same("$list.size$()", "4"),
    both("$user.first$('x')", "$user.first$('x')", ""),
    same("$user$('x')", "{first=Grace, tags=[x, y], nested={k=v}}$('x')"),
    same("$user.tags$[0]", "x"),
    same("$user.tags$.size()", "2"),
    same("${user.tags}$.size()", "[x, y]$.size()"),
    both("$user.tags[0]$.x", "$user.tags[0].x", ""),
    same("$user.tags[0]$(x)", PARSE),
    same("$user.tags.size()$.x", "2$.x"),
    same("$user.first #set($x = 1)\n(a)", PARSE),
    same("$user.first #set($x = 1) (a)", "Grace (a)"),
    same("$user.first #set($x = 1)\n(a", "Grace(a"),
    same("$user.first #set($x = 1)\n$('a')", PARSE),
    same("$user.first #set($x = 1)\n$.x", "Grace.x"),
    same("$user.first #set($x = 1)\n$[0]", PARSE),
    same("$name #set($x = 1)\n(a)", "Ada(a)"),
    same("$name #set($x = 1)\n$('a')", "Ada$('a')"),
    same("$user.first#*c*#(a)", PARSE),
    same("#set($z = $user.tags$.size())$z", "2"),
];
