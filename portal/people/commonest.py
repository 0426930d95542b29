"""The words that people most often take for a password, small letters only. What is put around them does not help."""

COMMONEST = frozenset(
    """
    password passwords passwort passphrase motdepasse monmotdepasse lemotdepasse secret secrete topsecret
    azerty azertyuiop qwerty qwertyuiop qwertz qsdfgh asdfgh asdf zxcvbn wxcvbn aqwzsx aqwxsz qazwsx qazwsxedc zaqxsw
    abc abcdef abcdefgh abcd test testing tester essai demo exemple example temporaire temporary default changeme
    changemoi change provisoire
    admin administrator administrateur root user utilisateur guest invite login connexion compte account portal portail
    welcome bienvenue hello bonjour bonsoir salut coucou merci please hey
    iloveyou ilove jetaime jetadore teamo love lover amour amoureux amoureuse toujours forever bisou bisous calin
    monamour moncoeur coeur cherie cheri mamour bebe baby babygirl princess princesse prince angel ange angelina
    doudou loulou loulette nounours chouchou chouquette minou minette chaton choupette choupinette titi toto tata tonton
    mimi lili lolo lulu nini zaza bibi kiki coco pompom boubou poupette poupee puce pucette
    maman papa mamie papy mamanpapa papamaman famille family enfant enfants frere soeur copain copine
    soleil sunshine lune etoile star ciel mer plage vacances ete printemps automne hiver summer winter spring autumn
    chocolat chocolate caramel vanille fraise cerise orange banane pomme cookie biscuit nutella bonbon
    football foot soccer rugby basket baseball hockey tennis olympique marseille paris psg lyon bordeaux nantes
    toulouse lille rennes brest finistere bretagne breizh bzh france francais french europe
    dragon monkey tiger tigre lion lionne loup wolf cheval horse chien dog chat cat lapin panda dauphin dolphin papillon
    butterfly oiseau aigle ours requin shark
    superman batman spiderman pokemon pikachu naruto starwars matrix zelda mario minecraft fortnite roblox
    master maitre shadow killer hunter ranger warrior ninja phoenix freedom liberte whatever trustno letmein
    nicolas thomas julien camille marine pauline julie marion laura lea emma chloe manon lucas hugo antoine alexandre
    maxime guillaume romain kevin jeremy sebastien christophe philippe stephane isabelle nathalie sandrine veronique
    caroline charlotte michael jessica jennifer daniel jordan robert charlie ashley
    jesus marie dieu christ notredame blessed amen
    qwertyazerty bonjourbonjour computer ordinateur internet google facebook microsoft windows samsung apple iphone
    android wifi freebox livebox
    """.split()  # noqa: SIM905 (a list of words reads as one)
)
